/**
 * The state machines as a module of the page. They are read from the text that is deployed, so the page cannot draw
 * another one.
 */
import type { Plugin } from 'vite';
import { OPERATION_KINDS } from '../domain/node/stateful-node';
import { readDefinition } from '../infra/workflows/definitions';

const ID = 'virtual:definitions';
/** By convention, so that no other plugin looks for a file. */
const RESOLVED = `\0${ID}`;

export function definitions(): Plugin {
  return {
    name: 'holdfast-definitions',
    resolveId: (id) => (id === ID ? RESOLVED : undefined),
    load: (id) => (id === RESOLVED ? moduleText() : undefined),
  };
}

/** Operations that share a definition share it here, too. */
function moduleText(): string {
  const texts = [...new Set(OPERATION_KINDS.map(readDefinition))];
  const places = OPERATION_KINDS.map((kind) => `${kind}: all[${texts.indexOf(readDefinition(kind))}]`);
  const compact = texts.map((text) => JSON.stringify(JSON.parse(text)));
  return `const all = [${compact.join(',\n')}];\nexport default { ${places.join(', ')} };\n`;
}
