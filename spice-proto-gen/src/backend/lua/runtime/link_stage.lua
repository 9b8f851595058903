-- --------------------------------------------------------------------------------------------- Link stage

local LINK_ERRORS = {
    [0] = "OK", "ERROR", "INVALID_MAGIC", "INVALID_DATA", "VERSION_MISMATCH", "NEED_SECURED",
    "NEED_UNSECURED", "PERMISSION_DENIED", "BAD_CONNECTION_ID", "CHANNEL_NOT_AVAILABLE",
}
local MECHANISMS = { "SPICE", "SASL" }
local COMMON_CAPABILITIES = { "AUTH_SELECTION", "AUTH_SPICE", "AUTH_SASL", "MINI_HEADER" }
local AUTH_SELECTION, MINI_HEADER = 0, 3
local DATA_CAPABILITIES = { "DATA_COMPRESS_LZ4" }
-- Capabilities by the name of the channel.
local CHANNEL_CAPABILITIES = {
    main = { "SEMI_SEAMLESS_MIGRATE", "NAME_AND_UUID", "AGENT_CONNECTED_TOKENS", "SEAMLESS_MIGRATE" },
    display = {
        "SIZED_STREAM", "MONITORS_CONFIG", "COMPOSITE", "A8_SURFACE", "STREAM_REPORT", "LZ4_COMPRESSION",
        "PREF_COMPRESSION", "GL_SCANOUT", "MULTI_CODEC", "CODEC_MJPEG", "CODEC_VP8", "CODEC_H264",
        "PREF_VIDEO_CODEC_TYPE", "CODEC_VP9", "CODEC_H265",
    },
    inputs = { "KEY_SCANCODE" },
    playback = { "CELT_0_5_1", "VOLUME", "LATENCY", "OPUS" },
    record = { "CELT_0_5_1", "VOLUME", "OPUS" },
    usbredir = DATA_CAPABILITIES,
    port = DATA_CAPABILITIES,
    webdav = DATA_CAPABILITIES,
}

local channel_names = {}
for id, channel in pairs(channels) do channel_names[id] = channel.name end

local function framing(path, kind, ...)
    return register(PREFIX .. "." .. path, kind, path:match("[^.]+$"), ...)
end

local link = {
    magic = framing("link.magic", "string"),
    major = framing("link.major", "uint32", base.DEC),
    minor = framing("link.minor", "uint32", base.DEC),
    size = framing("link.size", "uint32", base.DEC),
    connection_id = framing("link.connection_id", "uint32", base.DEC),
    channel_type = framing("link.channel_type", "uint8", base.DEC, channel_names),
    channel_id = framing("link.channel_id", "uint8", base.DEC),
    error = framing("link.error", "uint32", base.DEC, LINK_ERRORS),
    pub_key = framing("link.pub_key", "bytes"),
    num_common_caps = framing("link.num_common_caps", "uint32", base.DEC),
    num_channel_caps = framing("link.num_channel_caps", "uint32", base.DEC),
    caps_offset = framing("link.caps_offset", "uint32", base.DEC),
    common_caps = framing("link.common_caps", "uint32", base.HEX),
    channel_caps = framing("link.channel_caps", "uint32", base.HEX),
    mechanism = framing("link.mechanism", "uint32", base.DEC, MECHANISMS),
    ticket = framing("link.ticket", "bytes"),
    sasl = framing("link.sasl", "bytes"),
    result = framing("link.result", "uint32", base.DEC, LINK_ERRORS),
}
local header = {
    serial = framing("header.serial", "uint64", base.DEC),
    type = framing("header.type", "uint16", base.DEC),
    size = framing("header.size", "uint32", base.DEC),
    sub_list = framing("header.sub_list", "uint32", base.DEC),
}
local frame = {
    channel = framing("channel", "uint8", base.DEC, channel_names),
    message = framing("message", "string"),
    body = framing("body", "bytes"),
    trailing = framing("trailing", "bytes"),
    sub_message = framing("sub_message", "none"),
}

-- The sizes of the two link messages without capabilities, and where their three capability fields are.
local REQUEST = { size = 18, capabilities = 6 }
local REPLY = { size = 178, capabilities = 166 }

-- The capability words of a link message, or nil if they lie outside of it.
local function capability_words(message, form)
    if message:len() < form.size then return nil end
    local common = message(form.capabilities, 4):le_uint()
    local own = message(form.capabilities + 4, 4):le_uint()
    local offset = message(form.capabilities + 8, 4):le_uint()
    if common + own == 0 then return {}, {} end
    if offset < form.size or offset + 4 * (common + own) > message:len() then return nil end
    local words = { {}, {} }
    for index = 0, common + own - 1 do
        local list = words[index < common and 1 or 2]
        list[#list + 1] = message(offset + 4 * index, 4)
    end
    return words[1], words[2]
end

local function show_capabilities(tree, message, form, channel)
    local common, own = capability_words(message, form)
    if not common then
        tree:add_proto_expert_info(malformed, "The capabilities lie outside of the link message")
        return
    end
    local own_names = CHANNEL_CAPABILITIES[channel_names[channel]] or {}
    for index, list in ipairs({ common, own }) do
        local field = index == 1 and link.common_caps or link.channel_caps
        local known = index == 1 and COMMON_CAPABILITIES or own_names
        for word, taken in ipairs(list) do
            local value, names = taken:le_uint(), {}
            for bit = 0, 31 do
                if math.floor(value / 2 ^ bit) % 2 == 1 then
                    local capability = (word - 1) * 32 + bit
                    names[#names + 1] = known[capability + 1] or tostring(capability)
                end
            end
            tree:add_le(field, taken):append_text(" (" .. table.concat(names, ", ") .. ")")
        end
    end
end

local show = {}

local function show_link_header(tree, taken)
    tree:add(link.magic, taken(0, 4))
    for index, name in ipairs({ "major", "minor", "size" }) do tree:add_le(link[name], taken(4 * index, 4)) end
end

local function show_three_counts(tree, message, form)
    for index, name in ipairs({ "num_common_caps", "num_channel_caps", "caps_offset" }) do
        tree:add_le(link[name], message(form.capabilities + 4 * (index - 1), 4))
    end
end

function show.request(_, taken, tree)
    show_link_header(tree, taken)
    local message = taken(16)
    tree:add_le(link.connection_id, message(0, 4))
    tree:add_le(link.channel_type, message(4, 1))
    tree:add_le(link.channel_id, message(5, 1))
    show_three_counts(tree, message, REQUEST)
    show_capabilities(tree, message, REQUEST, message(4, 1):uint())
    return "link request"
end

function show.reply(unit, taken, tree)
    show_link_header(tree, taken)
    local message = taken(16)
    tree:add_le(link.error, message(0, 4))
    tree:add(link.pub_key, message(4, 162))
    show_three_counts(tree, message, REPLY)
    show_capabilities(tree, message, REPLY, unit.channel)
    return "link reply"
end

function show.mechanism(_, taken, tree)
    tree:add_le(link.mechanism, taken)
    return "authentication mechanism"
end

function show.ticket(_, taken, tree)
    tree:add(link.ticket, taken)
    return "ticket"
end

function show.sasl(_, taken, tree)
    tree:add(link.sasl, taken)
    return "SASL"
end

function show.result(_, taken, tree)
    tree:add_le(link.result, taken)
    return "link result"
end

function show.opaque(unit, taken, tree)
    tree:add(frame.body, taken)
    tree:add_proto_expert_info(unit.severity or undecoded, unit.note)
    return "not decoded"
end

