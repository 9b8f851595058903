-- ----------------------------------------------------------------------------------------------- Streams

-- Connections by key, and the units of each call by packet and call.
local streams, calls = {}, {}

-- Whether both sides have a common capability. If one link message is missing, the other one decides.
local function have_both(stream, capability)
    local has = true
    for _, side in ipairs({ "client", "server" }) do
        local capabilities = stream.capabilities[side]
        if capabilities then has = has and capabilities[capability] or false end
    end
    return has and next(stream.capabilities) ~= nil
end

local function common_capabilities(message, form)
    local set = {}
    local words = capability_words(message, form)
    local value = words and words[1] and words[1]:le_uint() or 0
    for _, bit in ipairs({ AUTH_SELECTION, MINI_HEADER }) do set[bit] = math.floor(value / 2 ^ bit) % 2 == 1 end
    return set
end

-- The unit at a position. Each function returns the unit with its length if `data` has its first bytes, or how
-- many of them it needs. `commit` is called when all bytes are there.
local units = {}

local function opaque(length, note, severity)
    return { kind = "opaque", length = length, note = note, severity = severity }
end

function units.link(stream, direction, data)
    if data:len() < 4 then return nil, 4 end
    if data(0, 4):string() ~= "REDQ" then
        direction.stage = "unknown"
        return opaque(nil, "The capture does not have the link stage, so the channel is unknown")
    end
    if data:len() < 16 then return nil, 16 end
    local size = data(12, 4):le_uint()
    local is_reply = stream.has_request or (size >= REPLY.size and not stream.has_reply)
    local form = is_reply and REPLY or REQUEST
    if size < form.size or size > MAX_LINK_SIZE then
        direction.stage = "closed"
        return opaque(nil, ("The size of the link message is invalid: %.0f"):format(size), malformed)
    end
    local unit = { kind = is_reply and "reply" or "request", length = 16 + size, channel = stream.channel }
    function unit.commit(all)
        local message = all(16)
        direction.side = is_reply and "server" or "client"
        stream.capabilities[direction.side] = common_capabilities(message, form)
        if is_reply then
            stream.has_reply = true
            direction.stage = message(0, 4):le_uint() == 0 and "outcome" or "closed"
        else
            stream.has_request = true
            stream.channel = message(4, 1):uint()
            direction.stage = "authentication"
        end
    end
    return unit
end

function units.authentication(stream, direction, data)
    if not have_both(stream, AUTH_SELECTION) then return units.ticket(stream, direction, data) end
    if data:len() < 4 then return nil, 4 end
    local unit = { kind = "mechanism", length = 4 }
    function unit.commit(all)
        local mechanism = all:le_uint()
        stream.has_sasl = mechanism == 2
        direction.stage = ({ "ticket", "sasl" })[mechanism] or "closed"
    end
    return unit
end

function units.ticket(_, direction)
    return { kind = "ticket", length = 128, commit = function() direction.stage = "messages" end }
end

-- A length and bytes. The client sends the name of a mechanism, then data; the server sends a list of
-- mechanisms, then data and whether the exchange is complete.
function units.sasl(stream, direction, data)
    if direction.side == "client" and stream.is_sasl_complete then
        direction.stage = "messages"
        return units.messages(stream, direction, data)
    end
    if data:len() < 4 then return nil, 4 end
    local is_reply = direction.side == "server" and direction.has_list
    local unit = { kind = "sasl", length = 4 + data(0, 4):le_uint() + (is_reply and 1 or 0) }
    if unit.length > MAX_SIZE then
        direction.stage = "closed"
        return opaque(nil, "The size of the SASL data is invalid", malformed)
    end
    function unit.commit(all)
        direction.has_list = true
        if is_reply and all(unit.length - 1, 1):uint() == 1 then
            stream.is_sasl_complete = true
            direction.stage = "result"
        end
    end
    return unit
end

function units.outcome(stream, direction, data)
    direction.stage = stream.has_sasl and "sasl" or "result"
    return units[direction.stage](stream, direction, data)
end

function units.result(_, direction)
    local unit = { kind = "result", length = 4 }
    function unit.commit(all) direction.stage = all:le_uint() == 0 and "messages" or "closed" end
    return unit
end

function units.messages(stream, direction, data)
    local head = have_both(stream, MINI_HEADER) and 6 or 18
    if data:len() < head then return nil, head end
    local id_offset = head == 18 and 8 or 0
    local size = data(id_offset + 2, 4):le_uint()
    local is_known = find_message(stream.channel, direction.side, data(id_offset, 2):le_uint())
    if direction.is_lost and (not is_known or size > MAX_SIZE) then
        return opaque(nil, "The position in the stream is lost")
    elseif size > ((is_known or not channels[stream.channel]) and MAX_SIZE or MAX_UNKNOWN_SIZE) then
        direction.is_lost = true
        return opaque(nil, ("The size of the message is invalid: %.0f"):format(size), malformed)
    end
    direction.is_lost = false
    local unit = {
        kind = "message", length = head + size, header = head, channel = stream.channel, side = direction.side,
    }
    function unit.commit()
        direction.serial = direction.serial + 1
        unit.serial = direction.serial
    end
    return unit
end

function units.closed() return opaque(nil, "Bytes after the end of the link stage") end

function units.unknown() return opaque(nil, "The capture does not have the link stage, so the channel is unknown") end

-- Divides the bytes of a call into units. If the last one is incomplete, sets how many bytes are missing.
local function plan(stream, direction, tvb, can_desegment)
    local length, offset = tvb:reported_len(), 0
    local call = { units = {} }
    local function append(unit)
        unit.offset = offset
        unit.total = unit.length
        unit.length = math.min(unit.length or length, length - offset)
        call.units[#call.units + 1] = unit
        offset = offset + unit.length
    end
    if direction.skip > 0 then
        append(opaque(direction.skip, "The rest of a message that is not reassembled"))
        direction.skip = direction.skip - offset
    end
    while offset < length do
        local left, captured = length - offset, tvb:len() - offset
        local unit, needed
        if captured > 0 then unit, needed = units[direction.stage](stream, direction, tvb(offset, captured)) end
        needed = unit and unit.length or needed or 1
        if needed > left and can_desegment then
            call.missing = unit and needed - left or DESEGMENT_ONE_MORE_SEGMENT
            break
        elseif unit and (needed <= captured or not unit.commit) then
            if unit.commit then unit.commit(tvb(offset, needed)) end
            unit.commit = nil
            append(unit)
        elseif unit and unit.kind == "message" then
            unit.commit()
            direction.skip = math.max(needed - left, 0)
            append(unit)
        else
            direction.stage = direction.stage == "messages" and "messages" or "unknown"
            direction.is_lost = true
            append(opaque(nil, "The capture does not have all bytes, or TCP reassembly is disabled"))
        end
    end
    call.consumed = offset
    return call
end

local tcp_stream = Field.new("tcp.stream")

-- The stream of a packet and its direction.
local function find_stream(pinfo)
    local source = ("%s %d"):format(pinfo.src, pinfo.src_port)
    local destination = ("%s %d"):format(pinfo.dst, pinfo.dst_port)
    local connection = tcp_stream()
    local key = connection and connection.value
        or (source < destination and source .. " " .. destination or destination .. " " .. source)
    local stream = streams[key]
    if not stream then
        stream = { capabilities = {}, directions = {} }
        streams[key] = stream
    end
    local direction = stream.directions[source]
    if not direction then
        direction = { stage = "link", serial = 0, skip = 0 }
        stream.directions[source] = direction
    end
    return stream, direction
end

-- Lists the names of units in the info column.
local function show_names(pinfo, names, is_first)
    local shown = table.concat(names, ", ", 1, math.min(#names, MAX_NAMES))
    if #names > MAX_NAMES then shown = shown .. ", …" end
    if is_first then pinfo.cols.info:set(shown) else pinfo.cols.info:append(", " .. shown) end
end

function proto.init() streams, calls = {}, {} end

local function dissect(tvb, pinfo, tree, can_desegment)
    -- Wireshark calls a dissector for a packet several times if a reassembled message ends in it. The calls that
    -- show something come in the same order in each pass.
    local counter = PREFIX .. ".call"
    local index = tonumber(pinfo.private[counter] or 0)
    local key = ("%d/%d"):format(pinfo.number, index)
    if not pinfo.visited then
        local stream, direction = find_stream(pinfo)
        calls[key] = plan(stream, direction, tvb, can_desegment)
    end
    local call = calls[key]
    if not call or call.consumed > tvb:reported_len() then return end
    pinfo.cols.protocol = proto.name
    local names, budget = {}, { items = MAX_ITEMS }
    for position, unit in ipairs(call.units) do
        local start = math.min(unit.offset, tvb:len())
        local taken = tvb(start, math.min(unit.length, tvb:len() - start))
        local item = tree:add(proto, taken)
        names[position] = show[unit.kind](unit, taken, item, budget, tvb)
        local channel = unit.side and channel_names[unit.channel]
        local sender = channel and ("%s.%s."):format(channel, unit.side) or ""
        item:append_text(", " .. sender .. names[position])
    end
    if #names > 0 then
        pinfo.private[counter] = tostring(index + 1)
        show_names(pinfo, names, index == 0)
    end
    if call.missing then
        pinfo.desegment_offset = call.consumed
        pinfo.desegment_len = call.missing
    end
end

function proto.dissector(tvb, pinfo, tree) dissect(tvb, pinfo, tree, pinfo.can_desegment > 0) end

