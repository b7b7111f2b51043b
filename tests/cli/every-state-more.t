# The workflows of the other half of the types, all of each.
. "$(dirname "$0")/lib.sh"
part=1
. "$LIB_DIR/every-state.sh"
