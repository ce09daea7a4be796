// How loud a sound is over its time, what of it has been played, and where to go on: by mouse and by keyboard.
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { duration } from '../i18n/format';
import classes from './sound.module.css';

const STEP_S = 5;
const BAR_PX = 3;
const HEIGHT_PX = 48;

interface WaveformProps {
  label: string;
  /** From 0 to 1, in their order; empty: not known yet. */
  peaks: number[];
  at_s: number;
  length_s: number;
  onSeek: (seconds: number) => void;
}

export function Waveform({ label, peaks, at_s, length_s, onSeek }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const style = getComputedStyle(element);
    const scale = window.devicePixelRatio || 1;
    element.width = element.clientWidth * scale;
    element.height = HEIGHT_PX * scale;
    context.scale(scale, scale);
    const bars = Math.floor(element.clientWidth / BAR_PX);
    for (let i = 0; i < bars; i++) {
      const peak = peaks[Math.floor((i * peaks.length) / bars)] ?? 0;
      const height = Math.max(2, peak * (HEIGHT_PX - 4));
      context.fillStyle = length_s > 0 && i / bars < at_s / length_s ? style.caretColor : style.color;
      context.fillRect(i * BAR_PX, (HEIGHT_PX - height) / 2, BAR_PX - 1, height);
    }
  }, [peaks, at_s, length_s, scheme]);

  const seek = (seconds: number) => onSeek(Math.max(0, Math.min(length_s, seconds)));
  const click = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * length_s);
  };
  const press = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at_s - STEP_S, ArrowRight: at_s + STEP_S, Home: 0, End: length_s }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    seek(to);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      className={classes.wave}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.round(length_s)}
      aria-valuenow={Math.round(at_s)}
      aria-valuetext={`${duration(at_s)} / ${duration(length_s)}`}
      onClick={click}
      onKeyDown={press}
    >
      <canvas ref={canvas} className={classes.canvas} aria-hidden="true" />
    </div>
  );
}
