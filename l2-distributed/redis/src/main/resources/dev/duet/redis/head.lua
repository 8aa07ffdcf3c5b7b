
-- Replies the head.
return {current()}
