import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { parseConfig } from '../../../domain/config/validate-config';
import { DOCUMENT_MAX_BYTES } from '../../../domain/config/document-size';
import type { NodeConfig } from '../../../domain/config/node-config';
import { aBusyNode, aConfig, aNode } from '../builders';

const LAUNCH = 'compute.launchSpecification';
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(17, '0')}`);

function fieldErrorsOf(config: NodeConfig): readonly { readonly field: string; readonly message: string }[] {
  const parsed = parseConfig(config);
  return parsed.kind === 'invalid' ? parsed.fieldErrors : [];
}

const longTags = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ tagKey: `key-${index}`, tagValue: '大'.repeat(256) }));

/** A document of exactly that many bytes. */
function documentOf(bytes: number): NodeConfig {
  const padded = (padding: number) =>
    aConfig({
      launchSpecification: {
        userData: Buffer.alloc(16 * 1024).toString('base64'),
        tags: longTags(40),
        blockDeviceMappings: [{ deviceName: `/dev/sdf${'x'.repeat(padding)}`, noDevice: '' }],
      },
    });
  return padded(bytes - bytesOf(padded(0)));
}

describe('The size of a document', () => {
  it('may be up to the limit, in bytes', () => {
    const config = documentOf(DOCUMENT_MAX_BYTES);

    expect(bytesOf(config)).toBe(DOCUMENT_MAX_BYTES);
    expect(fieldErrorsOf(config)).toEqual([]);
  });

  it('is refused above it, with the size and what to shorten', () => {
    const size = DOCUMENT_MAX_BYTES + 1;
    const config = documentOf(size);
    const mappings = bytesOf(config.compute.launchSpecification.blockDeviceMappings);

    expect(fieldErrorsOf(config)).toEqual([
      {
        field: 'managedInstance',
        message: `has ${size} bytes of JSON, and a node's record takes at most ${DOCUMENT_MAX_BYTES}: shorten ${LAUNCH}.blockDeviceMappings, which has ${mappings}`,
      },
    ]);
  });

  it('is checked first, because other checks of a hostile document would take long', () => {
    const document = { ...aConfig(), ...Object.fromEntries(ids('x', DOCUMENT_MAX_BYTES).map((id) => [id, 'a\0'])) };
    const parsed = parseConfig(document);

    expect(parsed.kind === 'invalid' && parsed.fieldErrors.map(({ field }) => field)).toEqual(['managedInstance']);
  });
});

describe('The largest record', () => {
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items */
  const ITEM_MAX_BYTES = 400 * 1024;

  /**
   * As DynamoDB counts it:
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
   */
  function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
    return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
  }

  function valueBytes({ S: text, N: number, M: map, L: list }: AttributeValue): number {
    if (text !== undefined) return Buffer.byteLength(text);
    if (number !== undefined) return number.length + 1;
    if (map !== undefined) return 3 + itemBytes(map) + Object.keys(map).length;
    if (list !== undefined) return 3 + list.reduce((sum, value) => sum + 1 + valueBytes(value), 0);
    return 1;
  }

  /** For the launch, its refusals, an interface request, what was given up, and the rest of the record. */
  const OTHERS_MAX_BYTES = 90 * 1024;

  it('of an accepted document fits into an item: three times the document, and everything else', () => {
    const config = documentOf(DOCUMENT_MAX_BYTES);
    const node = aBusyNode(aNode({ config }));
    const failedBefore = { ...node, failure: { operation: 'replace', count: 1, remains: { config } } };

    expect(fieldErrorsOf(config)).toEqual([]);
    const size = itemBytes(marshall(failedBefore, { removeUndefinedValues: true }));
    expect(size).toBeGreaterThan(3 * 0.95 * DOCUMENT_MAX_BYTES);
    expect(size).toBeLessThan(ITEM_MAX_BYTES - OTHERS_MAX_BYTES);
  });
});
