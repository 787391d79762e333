package main

import (
	"fmt"
	"runtime"
	"strings"
)

func main() {
	fmt.Println(strings.TrimPrefix(runtime.Version(), "go"))
}
