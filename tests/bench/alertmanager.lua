-- wrk -s alertmanager.lua URL: POST /api/v2/alerts with one alert, each of its own name.
local prefix = os.getenv("PREFIX") or "bench"
local thread_id = 0
local count = 0

function setup(thread)
    thread:set("thread_id", thread_id)
    thread_id = thread_id + 1
end

local head = '[{"labels":{"alertname":"' .. prefix .. '-'
local tail = '","severity":"critical","instance":"web-01.example.com","job":"node"},"annotations":{"summary":' ..
    '"Disk is 99% full on web-01.example.com","description":"' .. string.rep("x", 320) .. '"},' ..
    '"generatorURL":"https://prometheus.example.com/graph"}]'
local start = "POST /api/v2/alerts HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: " ..
    (#head + 13 + #tail) .. "\r\n\r\n" .. head

function request()
    count = count + 1
    return start .. string.format("%02d-%010d", thread_id, count) .. tail
end

function done(summary, latency)
    local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(string.format("RESULT requests=%d rate=%.0f p50=%.0f p99=%.0f max=%.0f errors=%d refused=%d\n",
        summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        latency.max, errors, summary.errors.status))
end
