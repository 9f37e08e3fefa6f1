-- Whether decimal integer a is less than b. They stay text: a Lua number keeps 53 bits only.
local function less(a, b)
  local a_negative, b_negative = string.byte(a) == 45, string.byte(b) == 45
  if a_negative ~= b_negative then
    return a_negative
  end
  if a_negative then
    a, b = b, a
  end
  if #a ~= #b then
    return #a < #b
  end
  return a < b
end
