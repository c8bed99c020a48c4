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
	for _, p := range g.a.pollers {
		st := p.Status()
		age := time.Since(g.a.pulse.startedAt)
		if !st.LastGood.IsZero() {
			age = time.Since(st.LastGood)
		}
		gauge(desc("mailbox_poll_age_seconds", "Seconds since the mailbox was last read without fault.", "mailbox"), age.Seconds(), st.Mailbox)
		gauge(desc("mailbox_stored_since_start", "Mails stored since the program started.", "mailbox"), float64(st.Stored), st.Mailbox)
		gauge(desc("mailbox_failures", "Looks in a row that failed.", "mailbox"), float64(st.Failures), st.Mailbox)
	}
	stats, err := g.a.store.Stats(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(desc("database_up", "1 when the database answers."), err)
		return
	}
	gauge(desc("database_up", "1 when the database answers."), 1)
	for name, n := range stats {
		gauge(desc("count", "Rows that matter to operators: queue, quarantine, uncertain letters, late enquiries.", "what"), float64(n), name)
	}
}
