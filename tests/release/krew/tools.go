//go:build tools

// Package tools names what tests/release/krew/build compiles, so that go.mod holds what it needs.
package tools

import (
	_ "sigs.k8s.io/krew/cmd/krew"
	_ "sigs.k8s.io/krew/cmd/validate-krew-manifest"
)
