-- PATHS="/a /b" HEADERS="Name: value" wrk -s paths.lua URL: GETs in turn, reported like the others.
local paths = {}
for path in os.getenv("PATHS"):gmatch("%S+") do paths[#paths + 1] = path end
local headers = {}
for name, value in (os.getenv("HEADERS") or ""):gmatch("([%w-]+): ([^\n]+)") do headers[name] = value end
local turn = 0

function request()
    turn = turn % #paths + 1
    return wrk.format("GET", paths[turn], headers)
end

function done(summary, latency)
    local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(string.format("RESULT requests=%d rate=%.0f p50=%.0f p99=%.0f max=%.0f errors=%d refused=%d\n",
        summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        latency.max, errors, summary.errors.status))
end
