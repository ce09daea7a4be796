// Says on every page that an emergency number has no line of its own (LIN-6).
import { Alert, Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useEmergencyNumbers, useLines } from '../api/routing';

export function EmergencyBanner() {
  const { t } = useTranslation();
  const lines = useLines().data;
  const all = useEmergencyNumbers().data?.items ?? [];
  const without = all.filter((one) => one.lines.length === 0);
  if (!lines || without.length === 0) return null;
  const numbers = without.map(({ number }) => number).join(', ');
  const one = without.length === 1 ? `/emergency-numbers/${without[0]?.id}` : '/emergency-numbers';
  return (
    <Alert color="brass" radius={0} py={6}>
      {lines.total === 0 ? t('routing.emergency.noLine', { numbers }) : t('routing.emergency.unassigned', { count: without.length, numbers })}{' '}
      <Anchor inherit component={Link} to={lines.total === 0 ? '/lines' : one} underline="always">
        {lines.total === 0 ? t('routing.emergency.addLine') : t('routing.emergency.choose')}
      </Anchor>
    </Alert>
  );
}
