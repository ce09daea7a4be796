// Whether a phone is registered and answers.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Phone, Registration } from '../../api/types';

interface PhoneStateProps {
  phone: Phone;
  registrations: Registration[];
}

export function PhoneState({ phone, registrations }: PhoneStateProps) {
  const { t } = useTranslation();
  if (!phone.enabled) return <Badge color="gray">{t('phones.state.disabled')}</Badge>;
  if (registrations.some((r) => r.reachable)) return <Badge color="green">{t('phones.state.registered')}</Badge>;
  if (registrations.length) return <Badge color="red">{t('phones.state.silent')}</Badge>;
  if (phone.auth === 'address') return <Badge color="blue">{t('phones.state.fixed')}</Badge>;
  return <Badge color="gray">{t('phones.state.absent')}</Badge>;
}
