#!/usr/bin/env python3
"""Peer of `fmrec validate`: PyYAML (libyaml's loader) and jsonschema over the records of a repository."""
import os
import sys

import yaml
from jsonschema import Draft202012Validator


class Loader(yaml.CSafeLoader):
    """Dates stay strings, as in YAML 1.2."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read(path):
    with open(path, "rb") as file:
        return yaml.load(file, Loader)


def main(top):
    records = bad = 0
    for kind in sorted(os.listdir(os.path.join(top, "records"))):
        check = Draft202012Validator(read(os.path.join(top, ".fmrec/schema", kind + ".yaml")))
        for folder, _, names in os.walk(os.path.join(top, "records", kind)):
            for name in names:
                if name.endswith(".yaml"):
                    records += 1
                    errors = list(check.iter_errors(read(os.path.join(folder, name))))
                    if errors:
                        bad += 1
                        print(os.path.join(folder, name), errors[0].message)
    print("%d records, %d bad" % (records, bad))


main(sys.argv[1])
