// One message on the ladder.
import { useTranslation } from 'react-i18next';
import { fixed } from '../../i18n/format';
import { ROW, rowY, shorten, type Geometry } from './geometry';
import type { Arrow } from './ladder';
import classes from './traces.module.css';

const TIP = 7;
const SDP = ' (SDP)';

export const rowId = (index: number) => `ladder-row-${index}`;

interface ArrowRowProps {
  arrow: Arrow;
  index: number;
  geometry: Geometry;
  picked: boolean;
  onPick: () => void;
}

export function ArrowRow({ arrow, index, geometry, picked, onPick }: ArrowRowProps) {
  const { t } = useTranslation();
  const [x1, x2] = [geometry.x(arrow.from), geometry.x(arrow.to)];
  const y = rowY(index);
  const back = x2 < x1 ? TIP : -TIP;
  const columns = Math.max(1, Math.abs(arrow.to - arrow.from));
  const sdp = arrow.sdp ? SDP : '';
  const time = t('traces.offset', { seconds: fixed(arrow.offsetMs / 1000, 3) });
  return (
    <g
      id={rowId(index)}
      role="option"
      aria-selected={picked}
      aria-label={`${time} ${arrow.label}${sdp}`}
      className={classes.row}
      data-kind={arrow.kind}
      onClick={onPick}
    >
      <rect className={classes.rowBack} x={0} y={y - ROW / 2 - 3} width="100%" height={ROW} />
      <text className={classes.time} x={geometry.gutter - 10} y={y + 4} textAnchor="end">
        {time}
      </text>
      <text className={classes.label} x={(x1 + x2) / 2} y={y - 4} textAnchor="middle">
        {shorten(arrow.label, geometry.chars * columns - sdp.length)}
        {sdp}
      </text>
      <path className={classes.arrow} data-repeated={arrow.repeated || undefined} d={`M${x1} ${y + 3}H${x2 + back}`} />
      <path className={classes.tip} d={`M${x2} ${y + 3}l${back} -4v8z`} />
    </g>
  );
}
