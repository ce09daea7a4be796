// Outgoing mail (SRV-6): how it leaves, what waits, and what the system writes.
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { MailQueue } from './MailQueue';
import { MailServer } from './MailServer';
import { MailTexts } from './MailTexts';

export default function Mail() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  return (
    <PageFrame title={t('mail.title')}>
      <Tabs value={params.get('tab') ?? 'server'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
        <TabList
          tabs={[
            { id: 'server', text: t('mail.tab.server') },
            { id: 'queue', text: t('mail.tab.queue') },
            { id: 'texts', text: t('mail.tab.texts') },
          ]}
        />
        <Tabs.Panel value="server" pt="sm">
          <MailServer />
        </Tabs.Panel>
        <Tabs.Panel value="queue" pt="sm">
          <MailQueue />
        </Tabs.Panel>
        <Tabs.Panel value="texts" pt="sm">
          <MailTexts />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
