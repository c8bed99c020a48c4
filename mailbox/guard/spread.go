package guard

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// spreadFrom is from how many bytes on work on texts is worth a second processor.
const spreadFrom = 256 << 10

// spread calls fn with every number below n, on several processors where the texts
// are long, and waits until all of them are done. fn reads what is shared and writes
// its own place alone. A panic in it, as when time is over, is passed on.
func spread(n, bytes int, fn func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n, 4)
	if bytes < spreadFrom || workers < 2 {
		for i := range n {
			fn(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	var once sync.Once
	var failed any
	for range workers {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					once.Do(func() { failed = p })
				}
			}()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				fn(i)
			}
		})
	}
	wait.Wait()
	if failed != nil {
		panic(failed)
	}
}

// length is how much text there is in some views.
func length(list []view) int {
	n := 0
	for _, v := range list {
		n += len(v.text)
	}
	return n
}
