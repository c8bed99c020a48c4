package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are counts and ages, without a name, an address or a reference.
func (a *App) metrics() http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), gauges{a})
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

type gauges struct{ a *App }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("hearback_"+name, help, labels, nil)
}

func (g gauges) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(g, ch) }

func (g gauges) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	clock := time.Now()
	for _, f := range g.a.folders {
		st := g.a.folderState(f, clock)
		here := 1.0
		if st.elsewhere {
			here = 0
		}
		box, name := st.Mailbox.Name, st.Folder
		gauge(desc("mailbox_read_here", "1 when this program reads the folder, 0 when another does.", "mailbox", "folder"), here, box, name)
		if st.elsewhere {
			continue
		}
		gauge(desc("mailbox_poll_age_seconds", "Seconds since the folder was last read without fault.", "mailbox", "folder"), clock.Sub(st.since).Seconds(), box, name)
		gauge(desc("mailbox_stored_since_start", "Mails stored since the program started.", "mailbox", "folder"), float64(st.stored), box, name)
		gauge(desc("mailbox_failures", "Looks in a row that failed.", "mailbox", "folder"), float64(st.failures), box, name)
		if !st.lastNew.IsZero() {
			gauge(desc("mailbox_newest_age_seconds", "Seconds since the server received the newest mail that was stored.", "mailbox", "folder"), clock.Sub(st.lastNew).Seconds(), box, name)
		}
	}
	gauge(desc("warnings", "Things to be seen to in time: secrets that run out, silent mailboxes, a scanner that does not answer."), float64(len(g.a.watch.all())))
	now, err := g.a.now(ctx)
	if err != nil {
		gauge(desc("database_up", "1 when the database answers."), 0)
		return
	}
	stats, err := g.a.store.Stats(ctx, now)
	if err != nil {
		gauge(desc("database_up", "1 when the database answers."), 0)
		return
	}
	gauge(desc("database_up", "1 when the database answers."), 1)
	gauge(desc("messages_stored", "Messages ever stored."), float64(stats.Messages))
	gauge(desc("enquiries_late", "Enquiries whose answer is late."), float64(stats.Late))
	for k, n := range stats.Tickets {
		gauge(desc("enquiries", "Enquiries by state.", "state"), float64(n), string(k))
	}
	for k, n := range stats.Fates {
		gauge(desc("ledger", "Mails by what became of them.", "fate"), float64(n), string(k))
	}
	for k, n := range stats.Deliveries {
		gauge(desc("deliveries", "Letters that are not at rest, by state.", "state"), float64(n), string(k))
	}
}
