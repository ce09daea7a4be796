// What goes on in the conference now.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Conference } from '../../api/types';
import { LiveConferences } from '../live-conferences/LiveConferences';

export function LiveConference({ conference }: { conference: Conference }) {
  const { t } = useTranslation();
  return <LiveConferences plan={conference.id} none={<Text c="dimmed">{t('conferences.notBegun')}</Text>} />;
}
