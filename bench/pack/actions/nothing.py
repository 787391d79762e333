# Ends at once.
