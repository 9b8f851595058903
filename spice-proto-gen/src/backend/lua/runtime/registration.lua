-- ------------------------------------------------------------------------------------------ Registration

local function sorted_keys(of)
    local keys = {}
    for key in pairs(of) do keys[#keys + 1] = key end
    table.sort(keys)
    return keys
end

for _, id in ipairs(sorted_keys(channels)) do
    for _, side in ipairs({ "server", "client" }) do
        local messages = channels[id][side]
        for _, message_id in ipairs(sorted_keys(messages)) do
            local message = messages[message_id]
            load_struct(message_node(id, message), message[2], 1)
        end
    end
end
is_loading = false
proto.fields = fields

DissectorTable.get("tcp.port"):add_for_decode_as(proto)
proto:register_heuristic("tcp", function(tvb, pinfo, tree)
    if tvb:len() < 4 or tvb(0, 4):string() ~= "REDQ" then return false end
    pinfo.conversation = proto
    -- Wireshark reassembles for heuristic dissectors too, although it clears `can_desegment`.
    dissect(tvb, pinfo, tree, true)
    return true
end)
