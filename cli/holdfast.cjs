#!/usr/bin/env node
// The bin of package.json. Node 20 cannot run TypeScript, so tsx compiles the files as they are loaded.
const { register } = require('tsx/cjs/api');
register();
require('./holdfast.ts');
