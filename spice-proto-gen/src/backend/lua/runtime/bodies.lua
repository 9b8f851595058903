-- ----------------------------------------------------------------------------------------- Message bodies

-- Raises the error of the field at the position.
local function fail(reader, text)
    local path = table.concat(reader.path, "."):gsub("%.%[", "[")
    local place = ("byte %d"):format(reader.offset)
    if path ~= "" then place = ("%s (%s)"):format(path, place) end
    error({ text = place .. ": " .. text }, 0)
end

-- Large numbers are exact up to 2^53.
local function digits(value)
    return value >= 2 ^ 64 and "18446744073709551615" or ("%.0f"):format(value)
end

local function available(reader) return reader.length - reader.offset end

local function check(reader, size)
    if size > available(reader) then
        fail(reader, ("needs %s bytes where %d are left"):format(digits(size), available(reader)))
    end
end

local function range(reader, offset, size) return reader.tvb(reader.start + offset, size) end

local function take(reader, size)
    check(reader, size)
    local taken = range(reader, reader.offset, size)
    reader.offset = reader.offset + size
    return taken
end

local function push(reader, step) reader.path[#reader.path + 1] = step end

local function pop(reader) reader.path[#reader.path] = nil end

-- Adds an item, up to the limit.
local function add(reader, tree, field, taken, name)
    local budget = reader.budget
    budget.items = budget.items - 1
    if budget.items < 0 then error({ text = "The packet has too many fields to show them all", limit = true }, 0) end
    if field then return tree:add_le(field, taken) end
    return tree:add(taken, name)
end

-- Names the flags that are set, and lists them all.
local function add_flags(reader, item, node, enum, taken, value)
    local names, unknown = {}, value
    for index, flag in ipairs(enum) do
        if math.floor(value / flag[1]) % 2 == 1 then
            names[#names + 1] = flag[2]
            unknown = unknown - flag[1]
        end
        if node.flags and node.flags[index] then add(reader, item, node.flags[index], taken) end
    end
    if unknown > 0 then names[#names + 1] = ("0x%x"):format(unknown) end
    if #names > 0 then item:append_text(" (" .. table.concat(names, ", ") .. ")") end
end

local read_struct

-- Reads one value of a type. Returns a number, or the members of a struct.
local function read_one(reader, tree, node, field, label)
    local type = field[2]
    local item, value
    if type == "fd" then
        item = add(reader, tree, node.field, range(reader, reader.offset, 0), field[1])
        item:append_text(" (file descriptor, sent beside the bytes)")
    elseif is_struct(type) then
        local start = reader.offset
        item = add(reader, tree, node.field, range(reader, start, 0), field[1])
        value = read_struct(reader, item, node, type)
        item:set_len(reader.offset - start)
    else
        local integer = INTEGERS[type]
        local size = size_of(type)
        local taken = take(reader, size)
        value = number(taken, size, integer and integer.signed)
        item = add(reader, tree, node.field, taken, field[1])
        if not node.field then item:append_text((": %.0f"):format(value)) end
        if type.flags then add_flags(reader, item, node, type, taken, value) end
    end
    if label then item:prepend_text(label) end
    return value
end

local function add_empty_elements(reader, added, count, start)
    reader.empty = reader.empty + added
    if reader.empty > MAX_EMPTY_ELEMENTS then
        reader.offset = start
        fail(reader, "too many elements without bytes: " .. digits(count))
    end
end

-- Adds the item of a list.
local function add_list(reader, tree, node)
    return add(reader, tree, nil, range(reader, reader.offset, 0), node.label)
end

local function append_count(list, count)
    list:append_text((": %s element%s"):format(digits(count), count == 1 and "" or "s"))
end

-- Reads `count` elements, or those up to the end of the body if it is nil. `after` is called with the offset of
-- each element, and ends the list before this element if it returns true.
local function read_elements(reader, tree, node, field, count, after)
    local start = reader.offset
    local list = add_list(reader, tree, node)
    local index = 0
    while (count and index < count) or (not count and available(reader) > 0) do
        local before = reader.offset
        local step = ("[%d]"):format(index)
        push(reader, step)
        read_one(reader, list, node, field, step .. " ")
        pop(reader)
        if after and after(before) then break end
        index = index + 1
    end
    append_count(list, index)
    list:set_len(reader.offset - start)
end

-- Reads bytes or text, or elements that are present.
local function read_present(reader, tree, node, field, count)
    if not is_bytes(field) then return read_elements(reader, tree, node, field, count) end
    local taken = take(reader, count)
    if field.text and node.field then
        reader.budget.items = reader.budget.items - 1
        tree:add_packet_field(node.field, taken, ENC_UTF_8)
    else
        add(reader, tree, node.field, taken, field[1])
    end
end

-- Shows elements without bytes, which are all equal, once.
local function read_empty(reader, tree, node, field, count)
    local list = add_list(reader, tree, node)
    append_count(list, count)
    if count > 0 then read_one(reader, list, node, field) end
end

-- The value of a count: a member, or the field of a case.
local function counted(values, path)
    if type(path) == "string" then return math.max(values[path] or 0, 0) end
    local switch = values[path[1]]
    if switch and switch.case == path[2] then return math.max(switch.value or 0, 0) end
    return 0
end

-- The number of elements, if other fields determine it.
local function element_count(field, values)
    if field.count then return counted(values, field.count) end
    local bytes, width, rows = field.image[1] / 8, counted(values, field.image[2]), counted(values, field.image[3])
    return math.ceil(bytes * width) * (rows + 0.0)
end

local function read_array(reader, tree, node, field, values)
    local type = field[2]
    local size = size_of(type)
    if field.cstring then
        reader.raw = reader.raw or reader.tvb:raw(reader.start, reader.length)
        local last = reader.raw:find("\0", reader.offset + 1, true)
        if not last then fail(reader, "text has no zero byte at its end") end
        read_present(reader, tree, node, field, last - reader.offset)
    elseif field.rest then
        if size and size > 0 then
            read_present(reader, tree, node, field, math.floor(available(reader) / size))
        else
            read_elements(reader, tree, node, field, nil, function(before) return reader.offset == before end)
        end
    elseif size == 0 then
        local count = field.length or element_count(field, values)
        if not field.length then add_empty_elements(reader, count, count, reader.offset) end
        read_empty(reader, tree, node, field, count)
    elseif field.length then
        if size and not type.dynamic then check(reader, field.length * size) end
        read_present(reader, tree, node, field, field.length)
    else
        local count = element_count(field, values)
        if size and not type.fds then
            check(reader, count * size)
            read_present(reader, tree, node, field, count)
        else
            local start = reader.offset
            read_elements(reader, tree, node, field, count, function(before)
                if reader.offset == before then add_empty_elements(reader, 1, count, start) end
            end)
        end
    end
end

local function read_value(reader, tree, node, field, values)
    if is_array(field) then return read_array(reader, tree, node, field, values) end
    return read_one(reader, tree, node, field)
end

-- Reads a pointer, and its pointee unless a field of the segment is missing.
local function read_pointer(reader, tree, node, field, values, is_complete)
    check(reader, 4)
    local taken = range(reader, reader.offset, 4)
    local target = taken:le_uint()
    local item = add(reader, tree, node.pointer, taken, "offset of " .. field[1])
    if target == 0 then
        item:append_text(" (null)")
        if not is_complete then
            -- The missing field is the error.
        elseif field.nonnull then
            fail(reader, "the pointer is null")
        elseif field.count or field.image then
            local count = element_count(field, values)
            if count * (size_of(field[2]) or field[2].min) > reader.length then
                fail(reader, ("a null pointer stands for %s elements"):format(digits(count)))
            end
        end
        reader.offset = reader.offset + 4
        return nil
    end
    if is_complete and target >= reader.length then
        fail(reader, ("a pointer leads to byte %.0f of a body of %d bytes"):format(target, reader.length))
    end
    local following = reader.offset + 4
    local value
    if is_complete then
        reader.offset = target
        value = read_value(reader, item, node, field, values)
        reader.pointees_end = math.max(reader.pointees_end, reader.offset)
    end
    reader.offset = following
    return value
end

local function read_field(reader, tree, node, field, values, is_complete)
    if field.zero then
        local item = add(reader, tree, node.field, take(reader, field.zero), field[1])
        item:append_text(" (ignored)")
        return 0
    end
    if field.pointer then return read_pointer(reader, tree, node, field, values, is_complete) end
    return read_value(reader, tree, node, field, values)
end

local function is_selected(case, value)
    if case.default then return true end
    for _, item in ipairs(case.equals or {}) do
        if value == item then return true end
    end
    for _, bit in ipairs(case.set or {}) do
        if math.floor(value / bit) % 2 == 1 then return true end
    end
    for _, bit in ipairs(case.clear or {}) do
        if math.floor(value / bit) % 2 == 0 then return true end
    end
    return false
end

local function read_switch(reader, tree, node, switch, values)
    local value = values
    for _, name in ipairs(switch.on) do value = value and value[name] end
    if not value then return nil end
    for index, case in ipairs(switch.cases) do
        if is_selected(case, value) then
            push(reader, case[1])
            local found = child(node, case, switch[1] .. "." .. case[1])
            local read = read_field(reader, tree, found, case, values, true)
            pop(reader)
            return { case = index, value = read }
        end
    end
    return nil
end

-- Reads the members of a struct and returns their values by name.
function read_struct(reader, tree, node, type)
    if reader.depth >= MAX_DEPTH then fail(reader, "structs are nested too deeply") end
    reader.depth = reader.depth + 1
    local values, is_complete = {}, true
    for _, member in ipairs(type) do
        if member.segment then is_complete = available(reader) >= member.segment end
        push(reader, member[1])
        if member.cases then
            values[member[1]] = read_switch(reader, tree, node, member, values)
        else
            local found = child(node, member, member[1])
            values[member[1]] = read_field(reader, tree, found, member, values, is_complete)
        end
        pop(reader)
    end
    reader.depth = reader.depth - 1
    return values
end

