package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"hearback/mailbox/letter/check"
	"hearback/tickets/fault"
)

// runGuardCheck has the guard judge letters from a file of JSON lines, or from
// standard input. It asks the same function as the dispatcher does, and sends
// nothing.
func runGuardCheck(ctx context.Context, args []string, in io.Reader, out, _ io.Writer) (err error) {
	if len(args) != 1 {
		return fault.New(fault.Invalid, "Name one file of letters, or - for standard input: hearback guard check FILE|-")
	}
	if args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return fault.Wrap(fault.Invalid, "The file cannot be opened", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		in = f
	}
	w := bufio.NewWriter(out)
	err = errors.Join(check.Run(ctx, in, w), w.Flush())
	if errors.Is(err, check.ErrUnreadable) {
		return fault.Wrap(fault.Invalid, err.Error(), err)
	}
	return err
}
