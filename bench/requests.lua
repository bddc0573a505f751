-- Reads a plan (see bench/load.py) and makes a request of each of its items, in order and round.
-- The counter is one thread's own: run with -t1.

local method, path, token, tag, body, items = nil, nil, nil, nil, nil, {}
local count, headers = 0, {}

local function parts_of(template)
   local parts, from = {}, 1
   while true do
      local first, last, name = string.find(template, "@(%a+)@", from)
      if not first then
         parts[#parts + 1] = string.sub(template, from)
         return parts
      end
      parts[#parts + 1] = string.sub(template, from, first - 1)
      parts[#parts + 1] = name
      from = last + 1
   end
end

local function filled(parts, item, number)
   local texts = {}
   for index, part in ipairs(parts) do
      if index % 2 == 1 then
         texts[index] = part
      elseif part == "item" then
         texts[index] = item
      else
         texts[index] = number
      end
   end
   return table.concat(texts)
end

function init(args)
   local lines = io.lines(args[1])
   method, path, token, tag, body = lines(), lines(), lines(), lines(), lines()
   for line in lines do
      items[#items + 1] = line
   end
   path, body = parts_of(path), body ~= "" and parts_of(body) or nil
   headers["X-API-Key"] = token
   if body then
      headers["Content-Type"] = "application/json"
   end
end

function request()
   local item = items[count % #items + 1]
   count = count + 1
   local number = string.format("%s%07d", tag, count)
   return wrk.format(method, filled(path, item, number), headers, body and filled(body, item, number))
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\nRESULT {"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "refused": %d, "broken": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout))
end
