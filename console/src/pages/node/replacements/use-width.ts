import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** The width of an element in pixels, 0 until it is known. A drawing in pixels keeps its text at the size that it has. */
export function useWidth<Part extends HTMLElement>(): readonly [RefObject<Part | null>, number] {
  const element = useRef<Part>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
