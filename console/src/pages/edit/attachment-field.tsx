/** Cold or hot: how the interface gets from one instance to the next, in a sentence and a drawing each. */
import type { ReactNode } from 'react';
import Tiles from '@cloudscape-design/components/tiles';
import { textAt, valueAt, withValue } from './document';
import { useEditor } from './editor';
import { Field } from './field';
import './attachment-field.css';

const PATH = 'persistence.eniAttachment';
const STANDARD = 'cold';

export function AttachmentField(): ReactNode {
  const { document, before: original, change } = useEditor();
  const choose = (value: string): void => {
    const isNamed = value !== STANDARD || valueAt(original, PATH) !== undefined;
    change((before) => withValue(before, PATH, isNamed ? value : undefined));
  };
  return (
    <Field paths={[PATH]} label="Attachment" stretch>
      <Tiles
        columns={2}
        value={textAt(document, PATH) || STANDARD}
        onChange={({ detail }) => choose(detail.value)}
        items={[
          {
            value: 'cold',
            label: 'Cold',
            description:
              'The interface is the primary one of each instance, so it works with every image. The address is away until the new instance runs: about 40 seconds.',
            image: (
              <Drawing
                label="The old instance ends, then the new one starts with the interface."
                oldEnds={96}
                newStarts={134}
                awayTo={188}
                newRuns={188}
              />
            ),
          },
          {
            value: 'hot',
            label: 'Hot',
            description:
              'The interface is a second one that moves between two running instances. The address is away for about 6 seconds. The image must configure it, and the types must take two interfaces.',
            image: (
              <Drawing
                label="The new instance runs before the interface moves to it and the old one ends."
                oldEnds={190}
                newStarts={70}
                newRuns={130}
                awayFrom={150}
                awayTo={160}
              />
            ),
          },
        ]}
      />
    </Field>
  );
}

interface DrawingProps {
  readonly label: string;
  /** Places on the axis of time, from 60 to 280. */
  readonly oldEnds: number;
  readonly newStarts: number;
  readonly newRuns: number;
  /** Where the old instance ends, if it is not given. */
  readonly awayFrom?: number;
  readonly awayTo: number;
}

const START = 60;
const END = 280;

function Drawing({ label, oldEnds, newStarts, newRuns, awayFrom = oldEnds, awayTo }: DrawingProps): ReactNode {
  return (
    <svg className="hf-attachment" viewBox="0 0 290 84" role="img" aria-label={label}>
      <text x="0" y="19">
        Old
      </text>
      <rect className="hf-runs" x={START} y="6" width={oldEnds - START} height="18" rx="3" />
      <text x="0" y="47">
        New
      </text>
      <rect className="hf-starts" x={newStarts} y="34" width={newRuns - newStarts} height="18" rx="3" />
      <rect className="hf-runs" x={newRuns} y="34" width={END - newRuns} height="18" rx="3" />
      <text x="0" y="75">
        Address
      </text>
      <rect className="hf-there" x={START} y="62" width={awayFrom - START} height="18" rx="3" />
      <rect className="hf-away" x={awayFrom} y="62" width={awayTo - awayFrom} height="18" />
      <rect className="hf-there" x={awayTo} y="62" width={END - awayTo} height="18" rx="3" />
    </svg>
  );
}
