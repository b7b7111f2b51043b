# The workflows of one half of the types, all of each.
. "$(dirname "$0")/lib.sh"
part=0
. "$LIB_DIR/every-state.sh"
