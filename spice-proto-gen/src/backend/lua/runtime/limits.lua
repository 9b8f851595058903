-- ---------------------------------------------------------------------------------------------------------
-- The dissector. It interprets the tables above and is the same for every proto.
--
-- Wireshark calls `proto.dissector` with consecutive bytes of one direction of a connection. During the first
-- pass `plan` divides them into units (link messages, tickets, messages) and stores the result for the call.
-- Later passes, in any order, show the stored units.
-- ---------------------------------------------------------------------------------------------------------

-- Largest message. A larger size means that the position in the stream is lost.
local MAX_SIZE = 0x0fffff00
-- Largest message whose id the channel does not have.
local MAX_UNKNOWN_SIZE = 0x100000
-- Largest link message that servers accept.
local MAX_LINK_SIZE = 4096
-- Largest number of filter fields. Fields beyond it are shown as text.
local MAX_FIELDS = 50000
-- Largest number of tree items for one call. Wireshark gives up at a million for one packet.
local MAX_ITEMS = 100000
-- Largest depth of nested structs.
local MAX_DEPTH = 200
-- Largest number of list elements without bytes in one message.
local MAX_EMPTY_ELEMENTS = 1024
-- Largest number of messages that the info column lists.
local MAX_NAMES = 8

local proto = Proto(PREFIX, ("%s (%s)"):format(NAME, PREFIX))

local malformed = ProtoExpert.new(PREFIX .. ".malformed", "Does not decode", expert.group.MALFORMED,
    expert.severity.ERROR)
local undecoded = ProtoExpert.new(PREFIX .. ".undecoded", "Not decoded", expert.group.UNDECODED,
    expert.severity.WARN)
proto.experts = { malformed, undecoded }

