cat(paste(R.version$major, R.version$minor, sep = "."), "\n", sep = "")
