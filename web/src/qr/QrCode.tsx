import { useMemo } from 'react';
import { qrCode } from './qr';

const QUIET = 4; // light modules around it, as the standard asks

interface QrCodeProps {
  text: string;
  label: string;
  size?: number;
}

/** Always dark on white: many readers know nothing else. */
export function QrCode({ text, label, size = 180 }: QrCodeProps) {
  const rows = useMemo(() => qrCode(text), [text]);
  if (!rows) return null;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const side = rows.length + 2 * QUIET;
  return (
    <svg role="img" aria-label={label} width={size} height={size} viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} shapeRendering="crispEdges">
      <rect x={-QUIET} y={-QUIET} width={side} height={side} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
