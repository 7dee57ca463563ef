import { useRef, useState, type KeyboardEvent, type RefCallback } from 'react';

interface Item {
  readonly tabIndex: 0 | -1;
  readonly ref: RefCallback<SVGGElement>;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * Makes many parts of a drawing one stop of the Tab key, between which the arrow keys move, as in a toolbar
 * (ARIA Authoring Practices, roving tabindex). Enter and the space bar choose.
 */
export function useRoving(names: readonly string[], onChoose: (name: string) => void): (name: string) => Item {
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const elements = useRef(new Map<string, SVGGElement>());
  const stop = focused !== undefined && names.includes(focused) ? focused : names[0];
  const move = (to: string | undefined): void => {
    if (to === undefined) return;
    setFocused(to);
    elements.current.get(to)?.focus();
  };
  return (name) => ({
    tabIndex: name === stop ? 0 : -1,
    ref: (element) => {
      if (element === null) elements.current.delete(name);
      else elements.current.set(name, element);
    },
    onFocus: () => setFocused(name),
    onKeyDown: (event) => {
      const step = STEPS[event.key];
      if (step !== undefined) move(names[names.indexOf(name) + step]);
      else if (event.key === 'Home') move(names[0]);
      else if (event.key === 'End') move(names.at(-1));
      else if (event.key === 'Enter' || event.key === ' ') onChoose(name);
      else return;
      event.preventDefault();
    },
  });
}
