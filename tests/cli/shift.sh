# A small type whose form the tests of versions change.

# shift_head FORM: up to its states, which follow as the test wants them
shift_head() {
	cat <<END
\$schema: https://json-schema.org/draft/2020-12/schema
\$id: urn:fmrec:type:shift
title: Shift
type: object
x-fmrec:
  type: shift
  form: $1
  label: {en: Shift, ja: 当番}
  help: {en: Handed over., ja: 引継ぎ。}
  directory: shift
  by-year: true
  id: {prefix: SFT, pattern: '{prefix}-{date}-{random}'}
END
}
