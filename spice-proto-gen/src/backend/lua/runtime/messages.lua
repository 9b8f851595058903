-- ------------------------------------------------------------------------------------------------ Messages

local nodes = {}

local function find_message(channel, side, id)
    local found = channels[channel]
    return found and found[side][id]
end

local function message_node(channel, message)
    nodes[channel] = nodes[channel] or {}
    local node = nodes[channel][message]
    if not node then
        local path = PREFIX .. "." .. channels[channel].name .. "." .. message[1]
        node = new_node(path, message)
        nodes[channel][message] = node
    end
    return node
end

-- Shows the body of a message, which is a part of `tvb`, and returns the message's name.
local function show_body(unit, id, tvb, start, length, tree, budget, has_sub_list)
    local body = tvb(start, length)
    local message = find_message(unit.channel, unit.side, id)
    if not message then
        local known = channels[unit.channel] and "message" or "channel"
        tree:add(frame.body, body)
        tree:add_proto_expert_info(undecoded, ("The %s is unknown"):format(known))
        return ("unknown message %d"):format(id)
    end
    local path = ("%s.%s.%s"):format(channels[unit.channel].name, unit.side, message[1])
    tree:add(frame.message, body, path):set_generated()
    local node = message_node(unit.channel, message)
    local item = node.field and tree:add(node.field, body) or tree:add(body, message[1])
    local reader = {
        tvb = tvb, start = start, length = length, offset = 0, pointees_end = 0, empty = 0, depth = 0,
        path = {}, budget = budget,
    }
    local decoded, failure = pcall(read_struct, reader, item, node, message[2])
    if decoded then
        local last = math.max(reader.offset, reader.pointees_end)
        if last < length and not has_sub_list then
            tree:add(frame.trailing, tvb(start + last, length - last))
        end
    elseif type(failure) == "table" then
        local is_undecoded = failure.limit or unit.is_cut_off
        item:add_proto_expert_info(is_undecoded and undecoded or malformed, failure.text)
    else
        error(failure, 0)
    end
    return message[1]
end

-- Shows the sub-messages of a list at an offset of the body.
local function show_sub_messages(unit, tvb, body, size, offset, tree, budget)
    local function cut_off() tree:add_proto_expert_info(malformed, "The list of sub-messages is cut off") end
    if offset + 2 > size then return cut_off() end
    local count = tvb(body + offset, 2):le_uint()
    if offset + 2 + 4 * count > size then return cut_off() end
    local total = 0
    for index = 0, count - 1 do
        local start = tvb(body + offset + 2 + 4 * index, 4):le_uint()
        if start + 6 > size then return cut_off() end
        local sub_message = tvb(body + start, 6)
        local id, length = sub_message(0, 2):le_uint(), sub_message(2, 4):le_uint()
        -- Overlapping sub-messages could take quadratic time.
        total = total + 6 + length
        if start + 6 + length > size or total > size then return cut_off() end
        local item = tree:add(frame.sub_message, tvb(body + start, 6 + length))
        item:add_le(header.type, sub_message(0, 2))
        item:add_le(header.size, sub_message(2, 4))
        item:append_text(": " .. show_body(unit, id, tvb, body + start + 6, length, item, budget))
    end
end

function show.message(unit, taken, tree, budget, tvb)
    local id_offset = unit.header == 18 and 8 or 0
    local id = taken(id_offset, 2):le_uint()
    local sub_list = 0
    tree:add(frame.channel, taken(0, 0), unit.channel or 0):set_generated()
    if unit.header == 18 then
        tree:add_le(header.serial, taken(0, 8))
    else
        tree:add(header.serial, taken(0, 0), UInt64(unit.serial)):set_generated()
    end
    local type_item = tree:add_le(header.type, taken(id_offset, 2))
    tree:add_le(header.size, taken(id_offset + 2, 4))
    if unit.header == 18 then
        sub_list = taken(14, 4):le_uint()
        tree:add_le(header.sub_list, taken(14, 4))
    end
    unit.is_cut_off = taken:len() < unit.total
    local body, size = unit.offset + unit.header, taken:len() - unit.header
    -- Servers do not look at the list of a client, which may be garbage.
    local has_sub_list = sub_list > 0 and unit.side == "server"
    local message = find_message(unit.channel, unit.side, id)
    local is_list = unit.side == "server" and id == 8 and message and message[1] == "list"
    if (has_sub_list or is_list) and not unit.is_cut_off then
        show_sub_messages(unit, tvb, body, size, sub_list, tree, budget)
    end
    local name = show_body(unit, id, tvb, body, size, tree, budget, has_sub_list)
    type_item:append_text((" (%s)"):format(name))
    if unit.is_cut_off then
        tree:add_proto_expert_info(undecoded, ("Only %d of %d bytes are here"):format(taken:len(), unit.total))
    end
    return name
end

