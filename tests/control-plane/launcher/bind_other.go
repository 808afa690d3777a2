//go:build !linux

package main

import "syscall"

// Elsewhere a killed launcher leaves its children; the next run cannot tell them from others.
func bind(*syscall.SysProcAttr) {}
