/** The timeline of an operation, drawn. What it says is also in the list of steps, for those who do not see it. */
import { useMemo, useState, type ReactNode } from 'react';
import { duration } from '../../../../app/times';
import { useRoving } from '../roving';
import { useWidth } from '../use-width';
import { ticksOf, tickText, type Bar, type Phase, type Span, type Timeline } from './timeline';
import './timeline.css';

interface TimelineChartProps {
  readonly timeline: Timeline;
  /** The name of a phase. */
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

const ROW = 30;
const BAR = 18;
const TOP = 26;
/** Of the names on the left, and the share of the width that they get at most. */
const LABEL = 420;
const LABEL_SHARE = 0.37;
const RIGHT = 30;
/** Pixels. So that what took no time is seen. */
const LEAST = 3;
const PIXELS_A_TICK = 90;

export function TimelineChart({ timeline, selected, onSelect }: TimelineChartProps): ReactNode {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { lanes, phases, away, end } = timeline;
  const label = Math.min(LABEL, Math.round(width * LABEL_SHARE));
  const room = Math.max(100, width - label - RIGHT);
  const scale: Scale = { label, x: (ms) => label + (ms / end) * room };
  const ticks = useMemo(() => ticksOf(end, room / PIXELS_A_TICK), [end, room]);
  const lanesHeight = lanes.length * ROW + 8;
  const bottom = TOP + lanesHeight + phases.length * ROW;
  return (
    <div ref={frame} className="hf-timeline">
      {width > 0 && (
        <svg width={width} height={bottom + 4} role="group" aria-label="Timeline of the operation">
          <Axis ticks={ticks} scale={scale} bottom={bottom} />
          {away !== undefined && <Away away={away} scale={scale} bottom={bottom} />}
          {lanes.map(({ name, detail, bars }, index) => (
            <g key={`${name} ${detail}`} transform={`translate(0 ${TOP + index * ROW})`}>
              <text className="hf-timeline-name" x={0} y={ROW / 2}>
                {name}
                <title>{detail}</title>
                <tspan className="hf-timeline-detail" dx={8}>
                  {detail}
                </tspan>
              </text>
              {bars.map((bar) => (
                <LaneBar key={`${bar.from} ${bar.label}`} bar={bar} scale={scale} />
              ))}
            </g>
          ))}
          <line className="hf-timeline-rule" x1={0} x2={width} y1={TOP + lanesHeight - 4} y2={TOP + lanesHeight - 4} />
          <Phases
            phases={phases}
            scale={scale}
            top={TOP + lanesHeight}
            width={width}
            selected={selected}
            onSelect={onSelect}
          />
        </svg>
      )}
    </div>
  );
}

interface Scale {
  /** Pixels before zero. */
  readonly label: number;
  readonly x: (ms: number) => number;
}

const SECOND_MS = 1_000;
export const spanText = (ms: number): string => duration(ms / SECOND_MS);

function Axis({ ticks, scale, bottom }: { ticks: readonly number[]; scale: Scale; bottom: number }): ReactNode {
  return (
    <g aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <line className="hf-timeline-grid" x1={scale.x(tick)} x2={scale.x(tick)} y1={TOP - 4} y2={bottom} />
          <text className="hf-timeline-tick" x={scale.x(tick)} y={10}>
            {tickText(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

function Away({ away, scale, bottom }: { away: Span; scale: Scale; bottom: number }): ReactNode {
  const [from, to] = [scale.x(away.from), scale.x(away.to)];
  return (
    <rect
      className="hf-timeline-away"
      x={from}
      width={Math.max(LEAST, to - from)}
      y={TOP - 4}
      height={bottom - TOP + 4}
    />
  );
}

/** Pixels of a character, about: a label that does not fit is left out, and stays in the title. */
const CHARACTER = 6.6;

function LaneBar({ bar, scale }: { bar: Bar; scale: Scale }): ReactNode {
  const { from, to, isOpen, label, look } = bar;
  const width = Math.max(LEAST, scale.x(to) - scale.x(from));
  const text = look === 'away' ? `away ${spanText(to - from)}` : label;
  const fits = text.length * CHARACTER + 8 < width;
  return (
    <g className={`hf-bar hf-bar-${look}`}>
      <title>{`${label}: ${spanText(from)} – ${isOpen ? 'now' : spanText(to)} (${spanText(to - from)})`}</title>
      <rect x={scale.x(from)} y={(ROW - BAR) / 2} width={width} height={BAR} rx={3} />
      {fits && (
        <text x={scale.x(from) + 6} y={ROW / 2} aria-hidden="true">
          {text}
        </text>
      )}
    </g>
  );
}

interface PhasesProps {
  readonly phases: readonly Phase[];
  readonly scale: Scale;
  readonly top: number;
  readonly width: number;
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

function Phases({ phases, scale, top, width, selected, onSelect }: PhasesProps): ReactNode {
  const names = phases.map(({ name }) => name);
  const roving = useRoving(names, onSelect);
  const [near, setNear] = useState<string | undefined>(undefined);
  return phases.map((phase, index) => {
    const { name, visits, totalMs } = phase;
    const isNear = near === name;
    const { onFocus, ...item } = roving(name);
    return (
      <g
        key={name}
        {...item}
        role="button"
        aria-pressed={name === selected}
        className={name === selected ? 'hf-phase hf-phase-selected' : 'hf-phase'}
        transform={`translate(0 ${top + index * ROW})`}
        onClick={() => onSelect(name)}
        onMouseEnter={() => setNear(name)}
        onMouseLeave={() => setNear(undefined)}
        onFocus={() => {
          onFocus();
          setNear(name);
        }}
        onBlur={() => setNear(undefined)}
      >
        {/* It is the name of the button, too. */}
        <title>{textOf(phase)}</title>
        <rect className="hf-phase-row" width={width} height={ROW} rx={4} />
        <text className="hf-timeline-name" x={4} y={ROW / 2}>
          {shortened(name, scale.label)}
        </text>
        <text className="hf-timeline-total" x={scale.label - 10} y={ROW / 2}>
          {isNear || totalMs >= SECOND_MS / 10 ? spanText(totalMs) : ''}
        </text>
        {visits.map(({ from, to, outcome, isOpen }) => (
          <rect
            key={from}
            className={`hf-visit hf-visit-${isOpen ? 'open' : (outcome ?? 'done')}`}
            x={scale.x(from)}
            y={(ROW - BAR) / 2}
            width={Math.max(LEAST, scale.x(to) - scale.x(from))}
            height={BAR}
            rx={3}
          />
        ))}
      </g>
    );
  });
}

/** Pixels of the total. */
const TOTAL = 70;

function shortened(name: string, label: number): string {
  const length = Math.floor((label - TOTAL) / CHARACTER);
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}

function textOf({ name, visits }: Phase): string {
  const parts = visits.map(({ from, to, isOpen, outcome, errorName }) => {
    const how = isOpen ? 'under way' : errorName === null ? (outcome ?? 'done') : `${outcome ?? 'done'}, ${errorName}`;
    return `${spanText(from)} – ${isOpen ? 'now' : spanText(to)} (${how})`;
  });
  return `${name}: ${parts.join('; ')}`;
}
