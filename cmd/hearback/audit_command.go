package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/store"
)

// runAuditVerify checks the chain of seals from its beginning. The error, and with it
// the exit code 1, names the first seal that does not hold. -expect compares the last
// hash, or any on the way, with one that was written down: a chain that was cut short
// is whole in itself, and only that shows it.
func runAuditVerify(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	var expect string
	path, rest, err := configFlag("audit verify", args, errs, func(fs *flag.FlagSet) {
		fs.StringVar(&expect, "expect", "", "a `hash` that was written down: the chain must still hold it")
	})
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fault.Newf(fault.Invalid, "audit verify takes no %q", rest[0])
	}
	db, _, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return verifyAudit(ctx, db, strings.ToLower(strings.TrimSpace(expect)), out)
}

func verifyAudit(ctx context.Context, db *store.DB, expect string, out io.Writer) error {
	found := expect == ""
	rep, err := audit.Verify(func(yield func(audit.Batch, error) bool) {
		for b, err := range db.AuditChain(ctx) {
			found = found || err == nil && b.Seal.Hash == expect
			if !yield(b, err) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "seals    %d\nrecords  %d\nlast     %s\n", rep.Seals, rep.Records, rep.Last); err != nil {
		return err
	}
	switch {
	case rep.Broken != nil:
		return fmt.Errorf("the audit is broken at seal %d (sealed %s): %s", rep.Broken.Seq, rep.Broken.At.UTC().Format(time.RFC3339), rep.Broken.What)
	case !found:
		return fmt.Errorf("the audit does not hold the seal %s: it was cut short, or another took its place", expect)
	}
	_, err = fmt.Fprintln(out, "The chain is whole.")
	return err
}

// runAuditExport writes every sealed record, oldest first, as CSV with the number of
// its seal, so that the file can be compared with the chain. What is not sealed yet
// is in the next export.
func runAuditExport(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	path, rest, err := configFlag("audit export", args, errs, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fault.Newf(fault.Invalid, "audit export takes no %q", rest[0])
	}
	db, _, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return exportAudit(ctx, db, out)
}

func exportAudit(ctx context.Context, db *store.DB, out io.Writer) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"seal", "id", "at_utc", "at_london", "staff_id", "system", "role", "action", "object", "case_id", "from", "detail"}); err != nil {
		return err
	}
	n := func(i int64) string {
		if i == 0 {
			return ""
		}
		return strconv.FormatInt(i, 10)
	}
	for b, err := range db.AuditChain(ctx) {
		if err != nil {
			return err
		}
		for _, r := range b.Records {
			detail, err := json.Marshal(r.Detail) // keys in order
			if err != nil {
				return fmt.Errorf("audit record %d: %w", r.ID, err)
			}
			if err := w.Write([]string{
				n(b.Seal.Seq), n(r.ID), r.At.UTC().Format(time.RFC3339Nano), r.At.In(sla.London()).Format("2006-01-02 15:04:05"),
				n(r.StaffID), r.System, r.Role, string(r.Action), r.Object, n(r.CaseID), r.From, string(detail),
			}); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}
