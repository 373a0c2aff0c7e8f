-- wrk -s enqueue.lua URL: POST /v2/enqueue with a body of about 600 bytes.
--   ROUTING_KEY  the integration's key
--   KEYS         distinct (every event opens an alert) or a number (that many keys take turns)
--   PREFIX       makes the keys of one run differ from those of another
-- Prints one line that bench.py reads.
local routing_key = os.getenv("ROUTING_KEY")
local keys = os.getenv("KEYS") or "distinct"
local prefix = os.getenv("PREFIX") or "bench"
local head = '{"routing_key":"' .. routing_key .. '","event_action":"trigger","dedup_key":"' .. prefix .. '-'
local tail = '","client":"Load generator","client_url":"https://monitoring.example.com/hosts/web-01",' ..
    '"payload":{"summary":"Disk is 99% full on web-01.example.com","source":"web-01.example.com","severity":"critical",' ..
    '"timestamp":"2026-03-17T08:42:58.315+0000","component":"postgres","group":"data","class":"disk",' ..
    '"custom_details":{"ping time":"1500ms","load avg":0.75,"free space":"1%","used":[1,2,3],"note":"' ..
    string.rep("x", 90) .. '"}},' ..
    '"images":[{"src":"https://www.example.com/chart.png","href":"https://example.com/","alt":"Chart"}],"links":[]}'
local thread_id = 0
local count = 0
local pool = tonumber(keys)
local start

function setup(thread)
    thread:set("thread_id", thread_id)
    thread_id = thread_id + 1
end

function init()
    local length = #head + 13 + #tail
    start = "POST /v2/enqueue HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: " ..
        length .. "\r\n\r\n" .. head
end

function request()
    count = count + 1
    local number = pool and (count % pool) or count
    return start .. string.format("%02d-%010d", thread_id, number) .. tail
end

function done(summary, latency)
    local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(string.format("RESULT requests=%d rate=%.0f p50=%.0f p99=%.0f max=%.0f errors=%d refused=%d\n",
        summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        latency.max, errors, summary.errors.status))
end
