// Peer of `fmrec validate`: js-yaml and ajv over the records of a repository.
// node ajv.js MODULES REPOSITORY    (MODULES: a node_modules directory)
'use strict';
const fs = require('fs');
const path = require('path');
const [modules, top] = process.argv.slice(2);
const yaml = require(path.join(modules, 'js-yaml'));
const Ajv = require(path.join(modules, 'ajv/dist/2020')).default;
const formats = require(path.join(modules, 'ajv-formats')).default;
const ajv = new Ajv({ strict: false, allErrors: true });
formats(ajv);
const read = (file) => yaml.load(fs.readFileSync(file, 'utf8'), { schema: yaml.CORE_SCHEMA });
let records = 0;
let bad = 0;
for (const type of fs.readdirSync(path.join(top, 'records'))) {
  const check = ajv.compile(read(path.join(top, '.fmrec/schema', type + '.yaml')));
  const walk = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(file);
      else if (entry.name.endsWith('.yaml')) {
        records++;
        if (!check(read(file))) { bad++; console.log(file, JSON.stringify(check.errors)); }
      }
    }
  };
  walk(path.join(top, 'records', type));
}
console.log(`${records} records, ${bad} bad`);
