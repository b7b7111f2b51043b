/*
 * YAML: what is public, and what is for the program alone.  The only part that knows libyaml.
 */
#ifndef FMR_YAML_YAML_H
#define FMR_YAML_YAML_H

#include "fmrec/yaml.h"

/* Version of libyaml. */
const char *fmr_yaml_library(void);

#endif
