// What callers of mailboxes hear, for everybody (VMB-3).
import { useTranslation } from 'react-i18next';
import { PageFrame } from '../../shell/PageFrame';
import { AnnouncementTable } from './AnnouncementTable';

export default function Announcements() {
  const { t } = useTranslation();
  return (
    <PageFrame title={t('announcements.title')}>
      <AnnouncementTable list="announcements" />
    </PageFrame>
  );
}
