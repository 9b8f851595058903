-- ------------------------------------------------------------------------------------------ Filter fields

local fields, registered, field_count = {}, {}, 0
local is_loading = true

-- Returns the field with this filter name. If another type has the name, a number is appended.
local function register(path, kind, name, ...)
    if not is_loading or field_count >= MAX_FIELDS then return nil end
    local arguments = { ... }
    local unique, number = path, 1
    while registered[unique] do
        local found = registered[unique]
        if found.kind == kind and found[1] == arguments[1] and found[2] == arguments[2]
            and found[3] == arguments[3] then
            return found.field
        end
        number = number + 1
        unique = path .. "_" .. number
    end
    arguments.kind = kind
    arguments.field = ProtoField[kind](unique, name, ...)
    registered[unique] = arguments
    field_count = field_count + 1
    fields[field_count] = arguments.field
    return arguments.field
end

-- Kind of the filter field, and the function that reads the number.
local INTEGERS = {
    u8 = { size = 1, kind = "uint8" },
    u16 = { size = 2, kind = "uint16" },
    u32 = { size = 4, kind = "uint32" },
    u64 = { size = 8, kind = "uint64" },
    i8 = { size = 1, kind = "int8", signed = true },
    i16 = { size = 2, kind = "int16", signed = true },
    i32 = { size = 4, kind = "int32", signed = true },
    i64 = { size = 8, kind = "int64", signed = true },
}
local UNSIGNED = { [1] = "uint8", [2] = "uint16", [4] = "uint32" }

local function number(range, size, signed)
    if size == 8 then
        return (signed and range:le_int64() or range:le_uint64()):tonumber()
    end
    return signed and range:le_int() or range:le_uint()
end

-- The names of an enum's values, in the form that Wireshark takes.
local function value_names(enum)
    if not enum.names then
        enum.names = {}
        for _, item in ipairs(enum) do enum.names[item[1]] = item[2] end
    end
    return enum.names
end

local function is_struct(type) return type ~= "fd" and not INTEGERS[type] and not type.width end

local function size_of(type)
    if type == "fd" then return 0 end
    if INTEGERS[type] then return INTEGERS[type].size end
    return type.width or type.size
end

local function is_array(field)
    return (field.length or field.count or field.image or field.cstring or field.rest) and true or false
end

-- Whether an array is one item: bytes or text. Enums are listed by name.
local function is_bytes(field) return is_array(field) and INTEGERS[field[2]] and INTEGERS[field[2]].size == 1 end

-- The filter fields of one flag each.
local function register_flags(path, enum)
    local flags = {}
    for index, item in ipairs(enum) do
        flags[index] = register(path .. "." .. item[2]:lower(), "bool", item[2], enum.width * 8, nil, item[1])
    end
    return flags
end

-- A node is a place in a message: the filter fields of a field, and the nodes of its members.
local function new_node(path, field)
    local node = { path = path, members = {} }
    local name, type = field[1], field[2]
    if field.pointer then node.pointer = register(path .. "_offset", "uint32", "offset of " .. name, base.DEC) end
    if field.zero then
        node.field = register(path, "bytes", name)
    elseif is_bytes(field) then
        node.field = register(path, field.text and "string" or "bytes", name)
    elseif INTEGERS[type] then
        node.field = register(path, INTEGERS[type].kind, name, base.DEC)
    elseif type == "fd" or not type.width then
        node.field = register(path, "none", name)
    elseif type.flags then
        node.field = register(path, UNSIGNED[type.width], name, base.HEX)
        node.flags = register_flags(path, type)
    else
        node.field = register(path, UNSIGNED[type.width], name, base.DEC, value_names(type))
    end
    return node
end

local function child(node, field, name)
    local found = node.members[field]
    if not found then
        found = new_node(node.path .. "." .. name, field)
        found.label = name
        node.members[field] = found
    end
    return found
end

-- Creates the nodes of a struct, because fields must exist before the first packet.
local function load_struct(node, type, depth)
    if depth > MAX_DEPTH then return end
    local function load_field(field, name)
        if field_count >= MAX_FIELDS then return end
        local found = child(node, field, name)
        if not field.zero and is_struct(field[2]) then load_struct(found, field[2], depth + 1) end
    end
    for _, member in ipairs(type) do
        if member.cases then
            for _, case in ipairs(member.cases) do load_field(case, member[1] .. "." .. case[1]) end
        else
            load_field(member, member[1])
        end
    end
end

