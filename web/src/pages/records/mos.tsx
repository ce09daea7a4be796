// Voice quality as a mean opinion score, 1 to 4.4 (E-model, ITU-T G.107).
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallRecord } from '../../api/types';
import { number } from '../../i18n/format';

export type Direction = 'caller' | 'called';

const GOOD = 4;
const FAIR = 3.6;

export function mosOf(record: CallRecord, to: Direction): number | null {
  const x100 = record[`mos_to_${to}_x100`];
  return x100 === null ? null : x100 / 100;
}

/** What the side that heard worse heard. */
export function worseMos(record: CallRecord): number | null {
  const known = [mosOf(record, 'caller'), mosOf(record, 'called')].filter((mos) => mos !== null);
  return known.length ? Math.min(...known) : null;
}

export function MosBadge({ mos }: { mos: number }) {
  const { t } = useTranslation();
  const level = mos >= GOOD ? 'good' : mos >= FAIR ? 'fair' : 'poor';
  const color = { good: 'green', fair: 'brass', poor: 'red' }[level];
  return <Badge color={color}>{t('records.mosValue', { mos: number(mos, 2), level: t(`records.mosLevel.${level}`) })}</Badge>;
}

/** Voice that went past us: nothing is known of how it sounded. */
export function DirectBadge() {
  const { t } = useTranslation();
  return <Badge color="blue">{t('records.direct')}</Badge>;
}
