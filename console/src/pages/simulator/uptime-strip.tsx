import type { ReactNode } from 'react';
import { duration } from '../../app/times';
import { awaySeconds, stretchesOf, WINDOW_MS, type Sample } from './uptime';

const WIDTH = 600;
const HEIGHT = 28;

interface UptimeStripProps {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** The last ten simulated minutes of an address: filled while it could be reached. */
export function UptimeStrip({ name, samples }: UptimeStripProps): ReactNode {
  const end = samples.at(-1)?.at ?? 0;
  const x = (at: number): number => WIDTH - ((end - at) / WINDOW_MS) * WIDTH;
  const summary = `${name}: the address was away for ${duration(awaySeconds(samples))} of the last ten minutes`;
  return (
    <svg
      className="hf-uptime"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={summary}
    >
      <title>{summary}</title>
      <rect width={WIDTH} height={HEIGHT} className="hf-uptime-unknown" />
      {stretchesOf(samples).map(({ from, to, isReachable }) => (
        <rect
          key={from}
          x={x(from)}
          width={Math.max(0, x(to) - x(from))}
          height={HEIGHT}
          className={isReachable ? 'hf-uptime-here' : 'hf-uptime-away'}
        />
      ))}
    </svg>
  );
}
