// How calls leave the house (RTG-1 to RTG-3): priority, COR rules, time frames, holidays.
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { FrameTable } from './FrameTable';
import { Holidays } from './Holidays';
import { Priority } from './Priority';
import { RuleTable } from './RuleTable';

export default function Routing() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  return (
    <PageFrame title={t('routing.title')}>
      <Tabs value={params.get('tab') ?? 'general'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
        <TabList
          tabs={[
            { id: 'general', text: t('routing.tab.general') },
            { id: 'rules', text: t('routing.tab.rules') },
            { id: 'frames', text: t('routing.tab.frames') },
            { id: 'holidays', text: t('routing.tab.holidays') },
          ]}
        />
        <Tabs.Panel value="general" pt="sm">
          <Priority />
        </Tabs.Panel>
        <Tabs.Panel value="rules" pt="sm">
          <RuleTable />
        </Tabs.Panel>
        <Tabs.Panel value="frames" pt="sm">
          <FrameTable />
        </Tabs.Panel>
        <Tabs.Panel value="holidays" pt="sm">
          <Holidays />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
