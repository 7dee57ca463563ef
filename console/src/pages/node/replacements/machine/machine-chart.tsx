/** A state machine, drawn from its own definition, with the way that an operation has taken through it. */
import { useMemo, type ReactNode } from 'react';
import { useRoving } from '../roving';
import { keyOf, machineOf, type Definition } from './definition';
import { layoutOf, type Box, type Drawing } from './layout';
import type { Way } from './way';
import './machine.css';

interface MachineChartProps {
  readonly definition: Definition;
  readonly way: Way;
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

export function MachineChart({ definition, way, selected, onSelect }: MachineChartProps): ReactNode {
  const machine = useMemo(() => machineOf(definition), [definition]);
  const drawing = useMemo(() => layoutOf(machine), [machine]);
  const roving = useRoving(
    drawing.boxes.map(({ name }) => name),
    onSelect,
  );
  return (
    <div className="hf-machine">
      <svg width={drawing.width} height={drawing.height} role="group" aria-label="State machine of the operation">
        <Arrows />
        <Columns drawing={drawing} />
        <Lines drawing={drawing} way={way} />
        {drawing.boxes.map((box) => (
          <g
            key={box.name}
            {...roving(box.name)}
            role="button"
            aria-pressed={box.name === selected}
            className={classOf(box, way, selected)}
            onClick={() => onSelect(box.name)}
          >
            {/* It is the name of the button, too. */}
            <title>{titleOf(box, way)}</title>
            <StateBox box={box} sinks={machine.sinks} />
          </g>
        ))}
      </svg>
    </div>
  );
}

function stateText(name: string, { states, current, failed }: Way): string {
  if (name === current) return ', under way';
  if (name === failed) return ', failed';
  return states.has(name) ? ', taken' : '';
}

function titleOf({ name, sinks }: Box, way: Way): string {
  return [`${name}${stateText(name, way)}`, ...sinks.map((sink) => `Its errors can lead to: ${sink}`)].join('\n');
}

function classOf({ name, type }: Box, { states, current, failed }: Way, selected: string | undefined): string {
  const looks = [
    type === 'Choice' ? 'hf-state-choice' : '',
    states.has(name) ? 'hf-state-taken' : '',
    name === current ? 'hf-state-current' : '',
    name === failed ? 'hf-state-failed' : '',
    name === selected ? 'hf-state-selected' : '',
  ];
  return ['hf-state', ...looks.filter((look) => look !== '')].join(' ');
}

function Arrows(): ReactNode {
  return (
    <defs>
      {['plain', 'taken'].map((kind) => (
        <marker
          key={kind}
          id={`hf-arrow-${kind}`}
          viewBox="0 0 8 8"
          refX={7}
          refY={4}
          markerWidth={9}
          markerHeight={9}
          orient="auto"
          markerUnits="userSpaceOnUse"
        >
          <path className={`hf-arrow-${kind}`} d="M0,0.5 L8,4 L0,7.5 z" />
        </marker>
      ))}
    </defs>
  );
}

const TITLES = { Cold: 'Cold', Common: '', Hot: 'Hot', Ends: 'After an error' } as const;

function Columns({ drawing: { columns, height } }: { readonly drawing: Drawing }): ReactNode {
  return columns.map(({ lane, x, width }) => (
    <g key={lane}>
      {lane !== 'Common' && <rect className="hf-lane" x={x} y={0} width={width} height={height - 8} rx={8} />}
      <text className="hf-lane-name" x={x + width / 2} y={16}>
        {TITLES[lane]}
      </text>
    </g>
  ));
}

function Lines({ drawing, way }: { readonly drawing: Drawing; readonly way: Way }): ReactNode {
  const isTaken = (line: { from: string; to: string }): boolean => way.transitions.has(keyOf(line));
  const drawn = new Set(drawing.lines.map(keyOf));
  // What was taken lies above what was not.
  const lines = [...drawing.lines].sort((one, other) => Number(isTaken(one)) - Number(isTaken(other)));
  return (
    <g aria-hidden="true">
      {lines.map((line) => {
        const look = isTaken(line) ? 'taken' : 'plain';
        return (
          <path
            key={keyOf(line)}
            className={`hf-line hf-line-${look} hf-line-${line.kind}`}
            d={line.path}
            markerEnd={`url(#hf-arrow-${look})`}
          />
        );
      })}
      {[...way.transitions]
        .filter((key) => !drawn.has(key))
        .map((key) => (
          <path
            key={key}
            className="hf-line hf-line-taken hf-line-catch"
            d={toSink(drawing, key)}
            markerEnd="url(#hf-arrow-taken)"
          />
        ))}
    </g>
  );
}

/** From the dots of a state to the sink: drawn only where it was taken. */
function toSink({ boxes }: Drawing, key: string): string {
  const [from, to] = key.split(' → ').map((name) => boxes.find((box) => box.name === name));
  if (from === undefined || to === undefined) return '';
  const [x1, y1] = [from.x + from.width / 2, from.y + from.height / 2];
  const [x2, y2] = [to.x - to.width / 2, to.y + to.height / 2];
  const bend = Math.max(30, Math.abs(x2 - x1) / 3);
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

const LINE = 16;
const DOT = 5;
const DOT_GAP = 14;

function StateBox({ box, sinks }: { readonly box: Box; readonly sinks: readonly string[] }): ReactNode {
  const { x, y, width, height, lines, name } = box;
  const left = x - width / 2;
  // A sink has the dot itself: so it says what its dot means.
  const dots = sinks.includes(name) ? [name, ...box.sinks] : box.sinks;
  return (
    <>
      <rect x={left} y={y} width={width} height={height} rx={box.type === 'Choice' ? height / 2 : 6} />
      {lines.map((line, index) => (
        <text key={line} x={x} y={y + height / 2 + (index - (lines.length - 1) / 2) * LINE}>
          {line}
        </text>
      ))}
      {dots.map((sink, index) => (
        <circle
          key={sink}
          className={`hf-dot hf-dot-${sinks.indexOf(sink)}`}
          cx={left + width}
          cy={y + height / 2 + (index - (dots.length - 1) / 2) * DOT_GAP}
          r={DOT}
        />
      ))}
    </>
  );
}
