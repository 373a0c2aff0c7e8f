-- wrk -s get.lua URL: plain GETs, reported like the others.
function done(summary, latency)
    local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(string.format("RESULT requests=%d rate=%.0f p50=%.0f p99=%.0f max=%.0f errors=%d refused=%d\n",
        summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        latency.max, errors, summary.errors.status))
end
