import type { Route } from './route.js';
import { apiKeyRoutes } from './routes/api-keys.js';
import { artistRoutes } from './routes/artists.js';
import { auditRoutes } from './routes/audit.js';
import { authRoutes } from './routes/auth.js';
import { blockListRoutes } from './routes/block-lists.js';
import { blockRoutes } from './routes/blocks.js';
import { businessClassificationRoutes } from './routes/business-classifications.js';
import { businessRoutes } from './routes/businesses.js';
import { campaignMemberRoutes } from './routes/campaign-members.js';
import { campaignRoutes } from './routes/campaigns.js';
import { communityListItemRoutes } from './routes/community-list-items.js';
import { communityListSubscriptionRoutes } from './routes/community-list-subscriptions.js';
import { communityListRoutes } from './routes/community-lists.js';
import { complianceCheckRoutes } from './routes/compliance-checks.js';
import { contributionRoutes } from './routes/contributions.js';
import { conversationRoutes } from './routes/conversations.js';
import { databaseRoutes } from './routes/database.js';
import { indexRoutes } from './routes/index-page.js';
import { jobRoutes } from './routes/jobs.js';
import { meRoutes } from './routes/me.js';
import { messageRoutes } from './routes/messages.js';
import { moderationRoutes } from './routes/moderation.js';
import { myDataRoutes } from './routes/my-data.js';
import { oauthAccountRoutes } from './routes/oauth-accounts.js';
import { operationRoutes } from './routes/operations.js';
import { passwordRoutes } from './routes/passwords.js';
import { registerRoutes } from './routes/register.js';
import { riskAssessmentRoutes } from './routes/risk-assessments.js';
import { roleAssignmentRoutes } from './routes/role-assignments.js';
import { roleRoutes } from './routes/roles.js';
import { sessionRoutes } from './routes/sessions.js';
import { userRoutes } from './routes/users.js';
import { webhookRoutes } from './routes/webhooks.js';

/** Every route of the API, in the order the documentation lists them. */
export const routes: readonly Route[] = [
  ...indexRoutes,
  ...authRoutes,
  ...registerRoutes,
  ...passwordRoutes,
  ...meRoutes,
  ...apiKeyRoutes,
  ...oauthAccountRoutes,
  ...myDataRoutes,
  ...sessionRoutes,
  ...artistRoutes,
  ...blockListRoutes,
  ...blockRoutes,
  ...communityListRoutes,
  ...communityListItemRoutes,
  ...communityListSubscriptionRoutes,
  ...moderationRoutes,
  ...conversationRoutes,
  ...messageRoutes,
  ...campaignRoutes,
  ...campaignMemberRoutes,
  ...contributionRoutes,
  ...businessRoutes,
  ...businessClassificationRoutes,
  ...riskAssessmentRoutes,
  ...complianceCheckRoutes,
  ...userRoutes,
  ...roleRoutes,
  ...roleAssignmentRoutes,
  ...webhookRoutes,
  ...operationRoutes,
  ...jobRoutes,
  ...databaseRoutes,
  ...auditRoutes,
];
