package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"hearback/tickets"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
)

const (
	// importMost is how many files are on their way at once: each is in memory with
	// what it would change.
	importMost = 3
	// importKept is how long a file stays that nobody goes on with.
	importKept = 30 * time.Minute
	// importBytes is the largest file that a page takes. Larger ones go by the command.
	importBytes = 7 << 20
	// importColumns is how many columns the form of the mapping has at most.
	importColumns = 120
)

// Imports keeps files between upload and import. They are in memory alone, belong to
// who uploaded them, and go after half an hour. Close stops what runs and waits for it.
type Imports struct {
	mu   sync.Mutex
	jobs map[string]*importJob
	wg   sync.WaitGroup
	ctx  context.Context //nolint:containedctx // of the work, which outlives requests
	stop context.CancelFunc
}

// NewImports starts with nothing.
func NewImports() *Imports {
	ctx, stop := context.WithCancel(context.Background())
	return &Imports{jobs: map[string]*importJob{}, ctx: ctx, stop: stop}
}

// Close stops what is under way: an import that is stopped leaves nothing.
func (i *Imports) Close() {
	i.stop()
	i.wg.Wait()
}

// States of a file on its way.
const (
	importMapping  = "mapping"
	importWorking  = "working"
	importCompared = "compared"
	importDone     = "done"
	importFailed   = "failed"
)

// importJob is one file. Its fields are guarded by Imports.mu; snapshot gives a copy.
type importJob struct {
	id       string
	owner    int64
	file     tickets.ImportFile
	headings []string
	sample   []string
	state    string
	step     string
	done, of int
	plan     *caseload.Plan
	result   *tickets.Imported
	failure  string
	cancel   context.CancelFunc
	touched  time.Time
}

// add keeps a file. fault.Conflict when too many are on their way.
func (i *Imports) add(j *importJob, now time.Time) error {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sweep(now)
	for id, other := range i.jobs { // a person has one at a time
		if other.owner == j.owner && other.state != importWorking {
			delete(i.jobs, id)
		}
	}
	if len(i.jobs) >= importMost {
		return fault.New(fault.Conflict, "Other imports are under way. Try again when they have ended")
	}
	j.id, j.touched = hex.EncodeToString(b), now
	i.jobs[j.id] = j
	return nil
}

// sweep forgets what nobody goes on with. What runs is left to end.
func (i *Imports) sweep(now time.Time) {
	for id, j := range i.jobs {
		if j.state != importWorking && now.Sub(j.touched) > importKept {
			delete(i.jobs, id)
		}
	}
}

// job is a copy of somebody's own file; fault.NotFound of anybody else's.
func (i *Imports) job(id string, owner int64, now time.Time) (importJob, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sweep(now)
	j, ok := i.jobs[id]
	if !ok || j.owner != owner {
		return importJob{}, fault.New(fault.NotFound, "This file is not here any more. Files are kept for half an hour. Upload it again")
	}
	j.touched = now
	return *j, nil
}

// change runs fn on the file itself.
func (i *Imports) change(id string, fn func(j *importJob)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if j, ok := i.jobs[id]; ok {
		fn(j)
	}
}

// drop stops and forgets a file.
func (i *Imports) drop(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if j, ok := i.jobs[id]; ok {
		if j.cancel != nil {
			j.cancel()
		}
		delete(i.jobs, id)
	}
}

// run does work for a file, and says how far it is. Only one piece of work is done
// for a file at a time; false when there is one already.
func (i *Imports) run(id string, from string, work func(ctx context.Context, progress tickets.ImportProgress) (then func(j *importJob), err error)) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	j, ok := i.jobs[id]
	if !ok || j.state == importWorking || from != "" && j.state != from || i.ctx.Err() != nil {
		return false
	}
	ctx, cancel := context.WithCancel(i.ctx)
	j.state, j.cancel, j.step, j.done, j.of, j.failure = importWorking, cancel, "Starting", 0, 0, ""
	i.wg.Go(func() {
		defer cancel()
		then, err := work(ctx, func(step string, done, of int) {
			i.change(id, func(j *importJob) { j.step, j.done, j.of = step, done, of })
		})
		i.change(id, func(j *importJob) {
			j.cancel = nil
			switch {
			case ctx.Err() != nil && err != nil:
				j.state, j.failure = importFailed, "It was stopped. Nothing of the file was taken in."
			case err != nil:
				j.state, j.failure = importFailed, fault.SafeText(err)
			default:
				then(j)
			}
			if j.state == importFailed || j.state == importDone {
				j.plan, j.file.Bytes = nil, nil // the people in it are not kept for longer than need be
			}
		})
	})
	return true
}
