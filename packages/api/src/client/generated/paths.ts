/** Made by pnpm docs:api from the OpenAPI document; never edited. */

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where to go from here
         * @description For everybody.
         */
        get: operations["get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List alerts
         * @description Needs operations:read.
         */
        get: operations["getAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One alert
         * @description Needs operations:read.
         */
        get: operations["getAlertsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/artists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Artists: all, by a search that forgives typing errors, or by an id at another service
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getArtists"];
        put?: never;
        /**
         * Create a new artist
         * @description Needs artists:write.
         */
        post: operations["postArtists"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/artists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One artist
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getArtistsById"];
        put?: never;
        post?: never;
        /**
         * Delete one artist
         * @description Needs artists:write.
         */
        delete: operations["deleteArtistsById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one artist
         * @description Needs artists:write.
         */
        patch: operations["patchArtistsById"];
        trace?: never;
    };
    "/v1/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes of audited rows, by actor, entity, request and time
         * @description Needs audit:read.
         */
        get: operations["getAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-log/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log as NDJSON, oldest first, as long as it is
         * @description Needs audit:read.
         */
        get: operations["getAuditLogExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a mail that lets me set a new password; the answer is the same for every address
         * @description For everybody.
         */
        post: operations["postAuthForgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth/{provider}/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to sign in with Google or GitHub (code flow with PKCE)
         * @description For everybody.
         */
        post: operations["postAuthOauthByProviderBegin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth/{provider}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with what the provider sent back; registers who is new
         * @description For everybody.
         */
        post: operations["postAuthOauthByProviderComplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for new tokens; a token used twice ends its sign-in
         * @description For everybody.
         */
        post: operations["postAuthRefresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register; the answer is the same whether or not the address has an account, the mail tells
         * @description For everybody.
         */
        post: operations["postAuthRegister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password with the token from the mail; it works once and signs out every device
         * @description For everybody.
         */
        post: operations["postAuthResetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with e-mail and password
         * @description For everybody.
         */
        post: operations["postAuthSignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End this sign-in: its refresh tokens and its access tokens
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postAuthSignOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out-everywhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End every sign-in of mine, on all devices
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postAuthSignOutEverywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an e-mail address with the token from the mail; it works once
         * @description For everybody.
         */
        post: operations["postAuthVerifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backup-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List runs of backups
         * @description Needs operations:read.
         */
        get: operations["getBackupRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backup-runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One backup run
         * @description Needs operations:read.
         */
        get: operations["getBackupRunsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/businesses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List businesses
         * @description Needs businesses:read.
         */
        get: operations["getBusinesses"];
        put?: never;
        /**
         * Create a new business
         * @description Needs businesses:write.
         */
        post: operations["postBusinesses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/businesses/{businessId}/classifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the industry codes of a business
         * @description Needs businesses:read.
         */
        get: operations["getBusinessesByBusinessIdClassifications"];
        put?: never;
        /**
         * Create a new classification
         * @description Needs businesses:write.
         */
        post: operations["postBusinessesByBusinessIdClassifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/businesses/{businessId}/classifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One classification
         * @description Needs businesses:read.
         */
        get: operations["getBusinessesByBusinessIdClassificationsById"];
        put?: never;
        post?: never;
        /**
         * Delete one classification
         * @description Needs businesses:write.
         */
        delete: operations["deleteBusinessesByBusinessIdClassificationsById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one classification
         * @description Needs businesses:write.
         */
        patch: operations["patchBusinessesByBusinessIdClassificationsById"];
        trace?: never;
    };
    "/v1/businesses/{businessId}/compliance-checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the compliance checks of a business, the latest first
         * @description Needs businesses:read.
         */
        get: operations["getBusinessesByBusinessIdComplianceChecks"];
        put?: never;
        /**
         * Record a compliance check: the business's compliance status follows from all of them
         * @description Needs compliance:write.
         */
        post: operations["postBusinessesByBusinessIdComplianceChecks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/businesses/{businessId}/compliance-checks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One compliance check
         * @description Needs businesses:read.
         */
        get: operations["getBusinessesByBusinessIdComplianceChecksById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/businesses/{businessId}/risk-assessments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the risk assessments of a business, the latest first
         * @description Needs businesses:read.
         */
        get: operations["getBusinessesByBusinessIdRiskAssessments"];
        put?: never;
        /**
         * Assess a business: its risk level becomes the assessment's
         * @description Needs compliance:write.
         */
        post: operations["postBusinessesByBusinessIdRiskAssessments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/businesses/{businessId}/risk-assessments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One risk assessment
         * @description Needs businesses:read.
         */
        get: operations["getBusinessesByBusinessIdRiskAssessmentsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/businesses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One business
         * @description Needs businesses:read.
         */
        get: operations["getBusinessesById"];
        put?: never;
        post?: never;
        /**
         * Delete one business
         * @description Needs businesses:delete.
         */
        delete: operations["deleteBusinessesById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one business
         * @description Needs businesses:write.
         */
        patch: operations["patchBusinessesById"];
        trace?: never;
    };
    "/v1/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List active campaigns
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getCampaigns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{campaignId}/contributions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pledge an amount to an active campaign
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postCampaignsByCampaignIdContributions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{campaignId}/contributions/{id}/payment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Note the payment provider's word that a contribution was paid; saying it again changes nothing
         * @description Needs campaigns:write.
         */
        put: operations["putCampaignsByCampaignIdContributionsByIdPayment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One campaign: past being a draft, or mine
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getCampaignsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/campaigns/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a campaign is, in its own currency's minor unit
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getCampaignsByIdProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/community-lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List public community lists
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getCommunityLists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/community-lists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One community list: public, unlisted or mine
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getCommunityListsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/community-lists/{id}/block-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Block every artist of a list; those blocked already stay as they are
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postCommunityListsByIdBlockAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/community-lists/{id}/subscription": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Follow a community list; following twice changes the setting only
         * @description For everybody who is signed in; an API key needs me:write.
         */
        put: operations["putCommunityListsByIdSubscription"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/community-lists/{listId}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the artists on a community list
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getCommunityListsByListIdItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/community-lists/{listId}/items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One item
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getCommunityListsByListIdItemsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events: `monitor`, an overview as in /v1/database/metrics, with every look at the database
         * @description Needs database:read, or the operators' token.
         */
        get: operations["getDatabaseEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is wrong with the database, what repairs it, and the alerts that fire now
         * @description Needs database:read, or the operators' token.
         */
        get: operations["getDatabaseFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The database, the pool, HTTP and the data layer in numbers, from memory, with their history
         * @description Needs database:read, or the operators' token.
         */
        get: operations["getDatabaseMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions of the database, and who waits for whom
         * @description Needs database:read, or the operators' token.
         */
        get: operations["getDatabaseSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/sessions/{pid}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a session's running statement
         * @description Needs database:signal.
         */
        post: operations["postDatabaseSessionsByPidCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/sessions/{pid}/terminate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a session
         * @description Needs database:signal.
         */
        post: operations["postDatabaseSessionsByPidTerminate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Statements of the last hour that took the most time, or that are slow
         * @description Needs database:read, or the operators' token.
         */
        get: operations["getDatabaseStatements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/statements/{queryId}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The generic plan of a statement that was seen; asks the database, and runs nothing
         * @description Needs database:read, or the operators' token.
         */
        get: operations["getDatabaseStatementsByQueryIdPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/database/tables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The largest tables and indexes: size, growth, empty space, what vacuum owes them
         * @description Needs database:read, or the operators' token.
         */
        get: operations["getDatabaseTables"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/external-service-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List calls that Plinth made to other services
         * @description Needs operations:read.
         */
        get: operations["getExternalServiceCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/external-service-calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One call of another service
         * @description Needs operations:read.
         */
        get: operations["getExternalServiceCallsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Background jobs that wait, run or have failed, the latest first; those that succeeded are gone
         * @description Needs operations:read.
         */
        get: operations["getJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One background job that has not succeeded yet
         * @description Needs operations:read.
         */
        get: operations["getJobsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a job again that waits or has failed: now, with all its tries
         * @description Needs operations:read, operations:write.
         */
        post: operations["postJobsByIdRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My profile
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change my profile
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMe"];
        trace?: never;
    };
    "/v1/me/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my API keys, those that are over too
         * @description For everybody who is signed in; not for API keys.
         */
        get: operations["getMeApiKeys"];
        put?: never;
        /**
         * Make an API key, within 15 minutes of signing in or with my password; this answer alone shows it
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postMeApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One API key of yours
         * @description For everybody who is signed in; not for API keys.
         */
        get: operations["getMeApiKeysById"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key of mine: it is refused within a second; it stays in the list
         * @description For everybody who is signed in; not for API keys.
         */
        delete: operations["deleteMeApiKeysById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The artists I block
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeBlocks"];
        put?: never;
        /**
         * Block an artist
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeBlocks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/blocks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of my blocks
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeBlocksById"];
        put?: never;
        post?: never;
        /**
         * Unblock an artist
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeBlocksById"];
        options?: never;
        head?: never;
        /**
         * Change the tags or the note of a block
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeBlocksById"];
        trace?: never;
    };
    "/v1/me/blocks/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Block up to 1,000 artists at once; those blocked already stay as they are
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeBlocksBulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/blocks/bulk-delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unblock up to 1,000 artists at once
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeBlocksBulkDelete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/blocks/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All my blocks as one document, which import takes back
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeBlocksExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/blocks/export.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All my blocks as CSV, which import takes back
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeBlocksExportCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/blocks/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Block what a JSON or CSV export lists, by id or by an id at another service: up to 10,000 artists, 4 MiB
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeBlocksImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the campaigns I organise
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCampaigns"];
        put?: never;
        /**
         * Create a campaign with its members and first contributions, together or not at all
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeCampaigns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/campaigns/{campaignId}/contributions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what a campaign of mine was given
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCampaignsByCampaignIdContributions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/campaigns/{campaignId}/contributions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One contribution
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCampaignsByCampaignIdContributionsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/campaigns/{campaignId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the members of a campaign of mine
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCampaignsByCampaignIdMembers"];
        put?: never;
        /**
         * Create a new member
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeCampaignsByCampaignIdMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/campaigns/{campaignId}/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One member
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCampaignsByCampaignIdMembersById"];
        put?: never;
        post?: never;
        /**
         * Delete one member
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeCampaignsByCampaignIdMembersById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one member
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeCampaignsByCampaignIdMembersById"];
        trace?: never;
    };
    "/v1/me/campaigns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One campaign of yours
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCampaignsById"];
        put?: never;
        post?: never;
        /**
         * Delete one campaign of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeCampaignsById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one campaign of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeCampaignsById"];
        trace?: never;
    };
    "/v1/me/community-lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the community lists I curate
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCommunityLists"];
        put?: never;
        /**
         * Create a new list of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeCommunityLists"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/community-lists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One list of yours
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeCommunityListsById"];
        put?: never;
        post?: never;
        /**
         * Delete one list of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeCommunityListsById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one list of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeCommunityListsById"];
        trace?: never;
    };
    "/v1/me/community-lists/{listId}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a new item
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeCommunityListsByListIdItems"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/community-lists/{listId}/items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete one item
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeCommunityListsByListIdItemsById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one item
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeCommunityListsByListIdItemsById"];
        trace?: never;
    };
    "/v1/me/contributions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what I gave
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeContributions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/contributions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One contribution of yours
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeContributionsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My conversations, those with the latest messages first
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeConversations"];
        put?: never;
        /**
         * Start a conversation with others
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/conversations/{conversationId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages of a conversation
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeConversationsByConversationIdMessages"];
        put?: never;
        /**
         * Create a new message
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeConversationsByConversationIdMessages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/conversations/{conversationId}/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One message
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeConversationsByConversationIdMessagesById"];
        put?: never;
        post?: never;
        /**
         * Delete one message of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeConversationsByConversationIdMessagesById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one message of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeConversationsByConversationIdMessagesById"];
        trace?: never;
    };
    "/v1/me/conversations/{conversationId}/participants/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Add somebody to a group that I started
         * @description For everybody who is signed in; an API key needs me:write.
         */
        put: operations["putMeConversationsByConversationIdParticipantsByUserId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of my conversations, with everybody who takes part
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeConversationsById"];
        put?: never;
        post?: never;
        /**
         * Leave a conversation: its messages are out of sight from now on
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeConversationsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/conversations/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Note that I have read everything up to now
         * @description For everybody who is signed in; an API key needs me:write.
         */
        put: operations["putMeConversationsByIdRead"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change my e-mail address; the new one counts once the mail to it was confirmed
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postMeEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase my account: who I was goes everywhere, for good
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postMeErasure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that is kept about me, as one document
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/messages/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages of my conversations, by words ("exact phrase", -without) or by similarity
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeMessagesSearch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/oauth-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my linked accounts
         * @description For everybody who is signed in; not for API keys.
         */
        get: operations["getMeOauthAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/oauth-accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One linked account of yours
         * @description For everybody who is signed in; not for API keys.
         */
        get: operations["getMeOauthAccountsById"];
        put?: never;
        post?: never;
        /**
         * Unlink an account; never the last way to sign in
         * @description For everybody who is signed in; not for API keys.
         */
        delete: operations["deleteMeOauthAccountsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/oauth-accounts/{provider}/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to link a Google or GitHub account to mine, within 15 minutes of signing in or with my password
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postMeOauthAccountsByProviderBegin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/oauth-accounts/{provider}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Link the account with what the provider sent back
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postMeOauthAccountsByProviderComplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change my password; signs out every device and answers new tokens for this one
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postMePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What I may do: the permissions of my roles, for an API key as far as its scopes go
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMePermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what I reported
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeReports"];
        put?: never;
        /**
         * Create a new report of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeReports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One report of yours
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeReportsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/security-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened around my own account
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeSecurityEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List where I am signed in, and was: one row for each sign-in, with its last refresh
         * @description For everybody who is signed in; not for API keys.
         */
        get: operations["getMeSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session of yours
         * @description For everybody who is signed in; not for API keys.
         */
        get: operations["getMeSessionsById"];
        put?: never;
        post?: never;
        /**
         * Sign out there: its refresh tokens and access tokens are refused within a second
         * @description For everybody who is signed in; not for API keys.
         */
        delete: operations["deleteMeSessionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My settings
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeSettings"];
        /**
         * Replace my settings
         * @description For everybody who is signed in; an API key needs me:write.
         */
        put: operations["putMeSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the community lists I follow
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeSubscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/subscriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One subscription
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeSubscriptionsById"];
        put?: never;
        post?: never;
        /**
         * Delete one subscription
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeSubscriptionsById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one subscription
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeSubscriptionsById"];
        trace?: never;
    };
    "/v1/me/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the mail that confirms my address again
         * @description For everybody who is signed in; not for API keys.
         */
        post: operations["postMeVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my webhooks
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeWebhooks"];
        put?: never;
        /**
         * Subscribe to events by HTTP; the answer alone tells the signing secret
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One webhook of yours
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeWebhooksById"];
        put?: never;
        post?: never;
        /**
         * Delete one webhook of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        delete: operations["deleteMeWebhooksById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one webhook of yours
         * @description For everybody who is signed in; an API key needs me:write.
         */
        patch: operations["patchMeWebhooksById"];
        trace?: never;
    };
    "/v1/me/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace the signing secret; the answer alone tells it
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeWebhooksByIdRotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/webhooks/{webhookId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was, and will be, delivered to a webhook
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeWebhooksByWebhookIdDeliveries"];
        put?: never;
        /**
         * Deliver an event of the type webhook.ping, to try the receiver out
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeWebhooksByWebhookIdDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/webhooks/{webhookId}/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One delivery
         * @description For everybody who is signed in; an API key needs me:read.
         */
        get: operations["getMeWebhooksByWebhookIdDeliveriesById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/webhooks/{webhookId}/deliveries/{id}/redelivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver an event once more, whatever became of it
         * @description For everybody who is signed in; an API key needs me:write.
         */
        post: operations["postMeWebhooksByWebhookIdDeliveriesByIdRedelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what moderators decided
         * @description Needs moderation:read.
         */
        get: operations["getModerationActions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/actions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One moderation action
         * @description Needs moderation:read.
         */
        get: operations["getModerationActionsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List content reports
         * @description Needs moderation:read.
         */
        get: operations["getModerationReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderation/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One content report
         * @description Needs moderation:read.
         */
        get: operations["getModerationReportsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the fields of one content report
         * @description Needs moderation:write.
         */
        patch: operations["patchModerationReportsById"];
        trace?: never;
    };
    "/v1/moderation/reports/{id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide a report: the action and the closed report, together or not at all
         * @description Needs moderation:write.
         */
        post: operations["postModerationReportsByIdDecision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List role assignments, those that are over too
         * @description Needs roles:read.
         */
        get: operations["getRoleAssignments"];
        put?: never;
        /**
         * Give a role to a user; only a role that permits nothing the caller may not do
         * @description Needs roles:write.
         */
        post: operations["postRoleAssignments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-assignments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One role assignment
         * @description Needs roles:read.
         */
        get: operations["getRoleAssignmentsById"];
        put?: never;
        post?: never;
        /**
         * Take a role away; the assignment stays as history
         * @description Needs roles:write.
         */
        delete: operations["deleteRoleAssignmentsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description Needs roles:read.
         */
        get: operations["getRoles"];
        put?: never;
        /**
         * Create a new role
         * @description Needs roles:write.
         */
        post: operations["postRoles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One role
         * @description Needs roles:read.
         */
        get: operations["getRolesById"];
        put?: never;
        post?: never;
        /**
         * Delete one role
         * @description Needs roles:write.
         */
        delete: operations["deleteRolesById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one role that permits nothing the caller may not do, before and after
         * @description Needs roles:write.
         */
        patch: operations["patchRolesById"];
        trace?: never;
    };
    "/v1/security-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign-ins, refusals, changed privileges, by type, user and time
         * @description Needs audit:read.
         */
        get: operations["getSecurityEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Needs users:read.
         */
        get: operations["getUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user
         * @description Needs users:read.
         */
        get: operations["getUsersById"];
        put?: never;
        post?: never;
        /**
         * Delete one user
         * @description Needs users:write.
         */
        delete: operations["deleteUsersById"];
        options?: never;
        head?: never;
        /**
         * Change the fields of one user
         * @description Needs users:write.
         */
        patch: operations["patchUsersById"];
        trace?: never;
    };
    "/v1/users/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a deleted user back
         * @description Needs users:write.
         */
        post: operations["postUsersByIdRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sessions of a user
         * @description Needs users:read.
         */
        get: operations["getUsersByUserIdSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session
         * @description Needs users:read.
         */
        get: operations["getUsersByUserIdSessionsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Alert: {
            /** Format: date-time */
            createdAt: string;
            evidence: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            id: string;
            message: string;
            notifiedAt: string | null;
            object: string;
            resolvedAt: string | null;
            rule: string;
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            /** Format: date-time */
            startedAt: string;
            /** @enum {string} */
            state: "firing" | "resolved";
        };
        ApiKey: {
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** Format: uuid */
            id: string;
            last4: string;
            lastUsedAt: string | null;
            name: string;
            prefix: string;
            revokedAt: string | null;
            scopes: string[];
            /** Format: date-time */
            updatedAt: string;
            useCount: number;
            version: number;
        };
        Artist: {
            /** Format: date-time */
            createdAt: string;
            externalIds: {
                [key: string]: unknown;
            };
            genres: string[];
            /** Format: uuid */
            id: string;
            metadata: {
                [key: string]: unknown;
            };
            name: string;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        AuditEntry: {
            /** @enum {string} */
            action: "insert" | "update" | "delete" | "truncate" | "event";
            actorId: string;
            actorType: string;
            after: {
                [key: string]: unknown;
            } | null;
            before: {
                [key: string]: unknown;
            } | null;
            changed: string[];
            entity: string;
            entityId: string | null;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            occurredAt: string;
            requestId: string | null;
            userId: string | null;
        };
        BackupRun: {
            backupId: string;
            /** Format: date-time */
            createdAt: string;
            errorCode: string | null;
            finishedAt: string | null;
            /** Format: uuid */
            id: string;
            kind: string;
            note: string | null;
            plainBytes: number | null;
            /** Format: date-time */
            startedAt: string;
            /** @enum {string} */
            status: "running" | "succeeded" | "failed" | "cancelled";
            storedBytes: number | null;
            verified: number | null;
            verifiedAt: string | null;
        };
        Business: {
            annualRevenueMinor: number | null;
            city: string | null;
            /** @enum {string} */
            complianceStatus: "pending" | "compliant" | "under_review" | "non_compliant";
            country: string;
            /** Format: date-time */
            createdAt: string;
            email: string | null;
            employeeCount: number | null;
            foundedOn: string | null;
            /** Format: uuid */
            id: string;
            industryCode: string | null;
            legalForm: string | null;
            legalName: string;
            metadata: {
                [key: string]: unknown;
            };
            phone: string | null;
            postalCode: string | null;
            region: string | null;
            registrationNumber: string;
            /** @enum {string} */
            riskLevel: "low" | "medium" | "high" | "critical";
            /** @enum {string} */
            status: "pending" | "active" | "suspended" | "closed";
            street: string | null;
            taxId: string | null;
            tradeName: string | null;
            /** Format: date-time */
            updatedAt: string;
            version: number;
            website: string | null;
        };
        BusinessClassification: {
            /** Format: uuid */
            businessId: string;
            code: string;
            confidence: number;
            /** Format: date-time */
            createdAt: string;
            description: string;
            /** Format: uuid */
            id: string;
            isPrimary: boolean;
            source: string;
            /** @enum {string} */
            system: "naics" | "sic" | "mcc" | "nace";
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        Campaign: {
            /** Format: date-time */
            createdAt: string;
            currency: string;
            description: string;
            endsAt: string | null;
            goalMinor: number;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            ownerId: string;
            startsAt: string | null;
            /** @enum {string} */
            status: "draft" | "active" | "completed" | "cancelled";
            title: string;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        CampaignMember: {
            /** Format: uuid */
            campaignId: string;
            /** Format: date-time */
            createdAt: string;
            email: string | null;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            invitedAt: string;
            joinedAt: string | null;
            /** @enum {string} */
            role: "organizer" | "member";
            /** Format: date-time */
            updatedAt: string;
            userId: string | null;
            version: number;
        };
        CampaignProgress: {
            contributors: number;
            goalMinor: number;
            paidMinor: number;
            pledgedMinor: number;
        };
        CancelledSession: {
            /** @constant */
            action: "cancel";
            pid: number;
        };
        CommunityList: {
            /** Format: date-time */
            createdAt: string;
            description: string;
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: uuid */
            ownerId: string;
            /** Format: date-time */
            updatedAt: string;
            version: number;
            /** @enum {string} */
            visibility: "public" | "unlisted" | "private";
        };
        CommunityListItem: {
            /** Format: uuid */
            artistId: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            listId: string;
            reason: string;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        CommunityListSubscription: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            listId: string;
            notify: boolean;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        ComplianceCheck: {
            /** Format: uuid */
            businessId: string;
            checkedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** Format: uuid */
            id: string;
            provider: string;
            result: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "pending" | "passed" | "failed" | "needs_review" | "expired";
            /** @enum {string} */
            type: "registration" | "ownership" | "sanctions" | "aml" | "pep" | "adverse_media";
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        ContentReport: {
            assigneeId: string | null;
            /** Format: date-time */
            createdAt: string;
            details: string;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            reason: "spam" | "harassment" | "misinformation" | "copyright" | "other";
            /** Format: uuid */
            reporterId: string;
            resolvedAt: string | null;
            /** @enum {string} */
            status: "open" | "in_review" | "resolved" | "dismissed";
            /** Format: uuid */
            targetId: string;
            /** @enum {string} */
            targetType: "artist" | "community_list" | "message" | "user";
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        Contribution: {
            amountMinor: number;
            /** Format: uuid */
            campaignId: string;
            contributorId: string | null;
            /** Format: date-time */
            createdAt: string;
            currency: string;
            /** Format: uuid */
            id: string;
            message: string | null;
            paidAt: string | null;
            /** @enum {string} */
            status: "pledged" | "paid" | "refunded" | "failed";
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        Conversation: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "direct" | "group";
            lastMessageAt: string | null;
            participants: components["schemas"]["ConversationParticipant"][];
            subject: string | null;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        ConversationParticipant: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            joinedAt: string;
            lastReadAt: string | null;
            leftAt: string | null;
            /** @enum {string} */
            role: "owner" | "member";
            /** Format: uuid */
            userId: string;
        };
        DatabaseFindings: {
            ageMs: number | null;
            alerts: {
                evidence: {
                    [key: string]: number | string | boolean | null;
                };
                message: string;
                object: string;
                resolvedAt: null;
                rule: string;
                /** @enum {string} */
                severity: "info" | "warning" | "critical";
                /** Format: date-time */
                startedAt: string;
                /** @constant */
                state: "firing";
            }[];
            at: string | null;
            error: string | null;
            report: components["schemas"]["FindingsReport"];
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            state: "up" | "down";
        };
        DatabaseMetrics: {
            ageMs: number | null;
            alerts: number;
            at: string | null;
            backups: {
                failed: number;
                lastBytes: number | null;
                lastSucceededAt: string | null;
                running: number;
                succeeded: number;
                successRate: number | null;
            } | null;
            counters: {
                blocksHit: number;
                blocksRead: number;
                checkpointsRequested: number;
                checkpointsTimed: number;
                commits: number;
                deadlocks: number;
                rollbacks: number;
                tempBytes: number;
                tempFiles: number;
            } | null;
            databaseBytes: number | null;
            dataLayer: {
                acquire: {
                    count: number;
                    meanMs: number | null;
                    p50Ms: number | null;
                    p95Ms: number | null;
                    p99Ms: number | null;
                };
                count: number;
                errorRate: number | null;
                errors: number;
                meanMs: number | null;
                operations: {
                    count: number;
                    errorCodes: {
                        [key: string]: number;
                    };
                    errorRate: number | null;
                    errors: number;
                    meanMs: number | null;
                    operation: string;
                    p50Ms: number | null;
                    p95Ms: number | null;
                    p99Ms: number | null;
                }[];
                p50Ms: number | null;
                p95Ms: number | null;
                p99Ms: number | null;
                recycled: number;
                retries: {
                    [key: string]: number;
                };
                shed: number;
                timeouts: number;
            } | null;
            disk: {
                freeBytes: number;
                totalBytes: number;
            } | null;
            error: string | null;
            files: {
                slots: {
                    active: boolean;
                    name: string;
                    safeWalBytes: number | null;
                }[];
                wal: {
                    bytes: number;
                    segments: number;
                } | null;
            } | null;
            findings: {
                critical: number;
                info: number;
                warning: number;
            };
            fullestSequence: number | null;
            health: {
                issues: {
                    check: string;
                    object: string;
                    /** @enum {string} */
                    severity: "info" | "warning" | "critical";
                    summary: string;
                }[];
                /** @enum {string} */
                status: "healthy" | "degraded" | "critical" | "down";
            };
            history: {
                active: number;
                /** Format: date-time */
                at: string;
                blocked: number;
                cacheHitRatio: number | null;
                commitsPerSecond: number | null;
                connections: number;
                databaseBytes: number | null;
                deadlocks: number;
                httpP95Ms: number | null;
                idleInTransaction: number;
                longestTransactionMs: number;
                requestsPerSecond: number | null;
                rollbacksPerSecond: number | null;
                statementP95Ms: number | null;
                tempBytesPerSecond: number | null;
            }[];
            horizon: {
                holders: {
                    age: number;
                    kind: string;
                    name: string;
                }[];
                multixactIdsUsed: number;
                transactionIdsUsed: number;
            } | null;
            http: {
                active: number;
                count: number;
                errorRate: number | null;
                errors: number;
                meanMs: number | null;
                p50Ms: number | null;
                p95Ms: number | null;
                p99Ms: number | null;
                routes: {
                    count: number;
                    errorRate: number | null;
                    errors: number;
                    meanMs: number | null;
                    method: string;
                    p50Ms: number | null;
                    p95Ms: number | null;
                    p99Ms: number | null;
                    route: string;
                }[];
            };
            jobs: {
                failed: number;
                oldestDueSeconds: number;
                running: number;
                waiting: number;
            } | null;
            locks: {
                blocked: number;
                oldestWaitMs: number;
            };
            migrations: {
                applied: number;
                failed: number;
                rolledBack: number;
                successRate: number | null;
            } | null;
            notReady: string | null;
            own: {
                budget: number;
                everyMs: {
                    1: number | null;
                    2: number | null;
                    3: number | null;
                };
                lastMs: {
                    1: number | null;
                    2: number | null;
                    3: number | null;
                };
                share: number;
                skipped: {
                    locked: number;
                    overlap: number;
                    timeout: number;
                };
                spentMs: number;
            };
            point: {
                active: number;
                /** Format: date-time */
                at: string;
                blocked: number;
                cacheHitRatio: number | null;
                commitsPerSecond: number | null;
                connections: number;
                databaseBytes: number | null;
                deadlocks: number;
                httpP95Ms: number | null;
                idleInTransaction: number;
                longestTransactionMs: number;
                requestsPerSecond: number | null;
                rollbacksPerSecond: number | null;
                statementP95Ms: number | null;
                tempBytesPerSecond: number | null;
            } | null;
            pool: {
                discarded: number;
                idle: number;
                max: number;
                size: number;
                used: number;
                waiting: number;
            } | null;
            ready: boolean | null;
            server: {
                activity: {
                    [key: string]: number;
                };
                archiver: {
                    archived: number;
                    failed: number;
                    lastArchivedAt: string | null;
                };
                connections: {
                    maximum: number;
                    usable: number;
                    used: number;
                };
                inRecovery: boolean;
                locks: {
                    [key: string]: number;
                };
                longestTransactionMs: number;
                replication: {
                    inactiveSlots: number;
                    lagSeconds: number | null;
                    slots: number;
                    standbys: number;
                };
                /** Format: date-time */
                startedAt: string;
                version: string;
            } | null;
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            state: "up" | "down";
            statements: {
                calls: number;
                totalMs: number;
            };
            summary: {
                blocked: {
                    max: number | null;
                    mean: number | null;
                };
                cacheHitRatio: {
                    mean: number | null;
                    min: number | null;
                };
                commitsPerSecond: {
                    max: number | null;
                    mean: number | null;
                };
                connections: {
                    max: number | null;
                    mean: number | null;
                };
                databaseGrowthBytes: number | null;
                from: string | null;
                points: number;
                to: string | null;
            };
        };
        DatabaseSessions: {
            ageMs: number | null;
            at: string | null;
            error: string | null;
            locks: {
                ageMs: number | null;
                at: string | null;
                blocked: number;
                oldestWaitMs: number;
                trees: {
                    nodes: components["schemas"]["LockNode"][];
                    release: string;
                }[];
            };
            sessions: {
                application: string;
                backendStart: string | null;
                client: string | null;
                pid: number;
                query: string;
                role: string;
                state: string;
                stateMs: number | null;
                transactionMs: number | null;
                waitEvent: string | null;
                waitType: string | null;
            }[];
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            state: "up" | "down";
        };
        DatabaseStatements: {
            error: string | null;
            from: string | null;
            /** Format: date-time */
            since: string;
            slow: boolean;
            /** @enum {string} */
            state: "up" | "down";
            statements: {
                blocksHit: number;
                blocksRead: number;
                calls: number;
                ioMs: number;
                maxMs: number;
                meanMs: number;
                operation: string | null;
                query: string | null;
                queryid: string;
                rows: number;
                tempBlocks: number;
                totalMs: number;
                walBytes: number;
            }[];
            /** Format: date-time */
            to: string;
        };
        DatabaseTables: {
            ageMs: number | null;
            at: string | null;
            error: string | null;
            indexes: {
                ageMs: number | null;
                at: string | null;
                indexes: {
                    bytes: number;
                    columns: string[];
                    duplicateOf: string | null;
                    index: string;
                    lastScan: string | null;
                    primary: boolean;
                    scans: number;
                    table: string;
                    unique: boolean;
                    unused: boolean;
                    valid: boolean;
                }[];
            };
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            state: "up" | "down";
            tables: {
                analyzeDue: number;
                autovacuumEnabled: boolean;
                bloat: {
                    bytes: number;
                    ratio: number;
                } | null;
                deadRows: number;
                deleted: number;
                growth: {
                    bytes: number;
                    /** Format: date-time */
                    since: string;
                } | null;
                hotUpdated: number;
                indexBytes: number;
                indexScans: number;
                inserted: number;
                lastAnalyze: string | null;
                lastAutovacuum: string | null;
                lastVacuum: string | null;
                rows: number;
                sequentialScans: number;
                table: string;
                tableBytes: number;
                updated: number;
                vacuumDue: number;
            }[];
        };
        ExportedBlock: {
            /** Format: uuid */
            artistId: string;
            name: string;
            note: string | null;
            tags: string[];
        };
        ExternalServiceCall: {
            /** Format: date-time */
            createdAt: string;
            durationMs: number;
            errorCode: string | null;
            /** Format: uuid */
            id: string;
            method: string;
            ok: boolean;
            operation: string;
            requestId: string | null;
            service: string;
            statusCode: number | null;
            url: string;
            userId: string | null;
        };
        Finding: {
            check: string;
            evidence: {
                [key: string]: number | string | boolean | null;
            };
            object: string;
            repair: {
                command: string | null;
                lock: string;
                prisma: string | null;
                sql: string[];
            };
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            summary: string;
            why: string;
            window: {
                /** @enum {string} */
                basis: "now" | "statistics reset" | "server start" | "observation";
                from: string | null;
            };
        };
        FindingsReport: {
            checks: {
                ageMs: number | null;
                checkedAt: string | null;
                durationMs: number | null;
                id: string;
                skipped: string | null;
                /** @enum {string} */
                status: "ok" | "found" | "skipped" | "not run";
                tier: number;
                title: string;
            }[];
            findings: components["schemas"]["Finding"][];
            /** Format: date-time */
            generatedAt: string;
            ignored: {
                finding: components["schemas"]["Finding"];
                reason: string;
                until: string;
            }[];
            /** @constant */
            version: "1.0";
            worst: ("info" | "warning" | "critical") | null;
        };
        InboxEntry: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "direct" | "group";
            lastMessageAt: string | null;
            lastReadAt: string | null;
            subject: string | null;
            unread: boolean;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        Job: {
            attempts: number;
            /** Format: date-time */
            createdAt: string;
            id: string;
            key: string | null;
            lastError: string | null;
            maxAttempts: number;
            /** Format: date-time */
            runAt: string;
            startedAt: string | null;
            /** @enum {string} */
            status: "waiting" | "scheduled" | "running" | "retrying" | "dead";
            task: string;
            /** Format: date-time */
            updatedAt: string;
        };
        LockNode: {
            application: string | null;
            backendStart: string | null;
            blockedBy: number[];
            depth: number;
            pid: number;
            query: string;
            role: string | null;
            state: string | null;
            transactionMs: number | null;
            waitedMs: number | null;
            wants: {
                mode: string;
                relation: string | null;
                type: string;
            } | null;
        };
        Message: {
            body: string;
            /** Format: uuid */
            conversationId: string;
            /** Format: date-time */
            createdAt: string;
            editedAt: string | null;
            /** Format: uuid */
            id: string;
            senderId: string | null;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        ModerationAction: {
            /** @enum {string} */
            action: "warn" | "hide" | "remove" | "suspend" | "restore" | "dismiss";
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** Format: uuid */
            id: string;
            moderatorId: string | null;
            reason: string;
            reportId: string | null;
            /** Format: uuid */
            targetId: string;
            /** @enum {string} */
            targetType: "artist" | "community_list" | "message" | "user";
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        MyContentReport: {
            /** Format: date-time */
            createdAt: string;
            details: string;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            reason: "spam" | "harassment" | "misinformation" | "copyright" | "other";
            resolvedAt: string | null;
            /** @enum {string} */
            status: "open" | "in_review" | "resolved" | "dismissed";
            /** Format: uuid */
            targetId: string;
            /** @enum {string} */
            targetType: "artist" | "community_list" | "message" | "user";
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        MyPermissions: {
            permissions: string[];
        };
        MySession: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            ipAddress: string | null;
            /** Format: date-time */
            lastUsedAt: string;
            revokedAt: string | null;
            rotatedAt: string | null;
            /** Format: date-time */
            updatedAt: string;
            userAgent: string | null;
            version: number;
        };
        NewCampaign: {
            contributionCount: number;
            /** Format: date-time */
            createdAt: string;
            currency: string;
            description: string;
            endsAt: string | null;
            goalMinor: number;
            /** Format: uuid */
            id: string;
            memberCount: number;
            /** Format: uuid */
            ownerId: string;
            startsAt: string | null;
            /** @enum {string} */
            status: "draft" | "active" | "completed" | "cancelled";
            title: string;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        OauthAccount: {
            /** Format: date-time */
            createdAt: string;
            email: string | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            provider: "google" | "github";
            scopes: string[];
            tokenExpiresAt: string | null;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        Problem: {
            /** @enum {string} */
            code: "invalid_request" | "invalid_json" | "invalid_cursor" | "unauthenticated" | "invalid_credentials" | "invalid_refresh_token" | "invalid_token" | "forbidden" | "wrong_password" | "not_found" | "method_not_allowed" | "conflict" | "idempotency_in_progress" | "precondition_failed" | "body_too_large" | "unsupported_media_type" | "unprocessable" | "idempotency_key_reused" | "precondition_required" | "rate_limited" | "internal" | "provider_failed" | "unavailable" | "outcome_unknown" | "timeout";
            detail: string;
            errors?: {
                code: string;
                /** @enum {string} */
                in: "body" | "query" | "path" | "header";
                message: string;
                pointer: string;
            }[];
            instance: string;
            requestId: string;
            status: number;
            title: string;
            type: string;
        };
        RiskAssessment: {
            /** Format: date-time */
            assessedAt: string;
            /** Format: uuid */
            businessId: string;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            factors: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            level: "low" | "medium" | "high" | "critical";
            method: string;
            score: number;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        Role: {
            /** Format: date-time */
            createdAt: string;
            description: string;
            /** Format: uuid */
            id: string;
            name: string;
            permissions: string[];
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        RoleAssignment: {
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            grantedBy: string | null;
            /** Format: uuid */
            id: string;
            reason: string;
            revokedAt: string | null;
            revokedBy: string | null;
            /** Format: uuid */
            roleId: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: uuid */
            userId: string;
            version: number;
        };
        SecurityEvent: {
            actorId: string;
            actorType: string;
            details: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            id: string;
            ipAddress: string | null;
            /** Format: date-time */
            occurredAt: string;
            requestId: string | null;
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            type: string;
            userAgent: string | null;
            userId: string | null;
        };
        Session: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            ipAddress: string | null;
            /** Format: date-time */
            lastUsedAt: string;
            revokedAt: string | null;
            rotatedAt: string | null;
            /** Format: date-time */
            updatedAt: string;
            userAgent: string | null;
            version: number;
        };
        StatementPlan: {
            plan: {
                [key: string]: unknown;
            };
            queryid: string;
        };
        TerminatedSession: {
            /** @constant */
            action: "terminate";
            pid: number;
        };
        User: {
            /** Format: date-time */
            createdAt: string;
            email: string;
            emailVerifiedAt: string | null;
            fullName: string;
            /** Format: uuid */
            id: string;
            isActive: boolean;
            lastLoginAt: string | null;
            /** @enum {string} */
            subscriptionTier: "free" | "pro" | "business" | "enterprise";
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        Webhook: {
            /** Format: date-time */
            createdAt: string;
            description: string;
            eventTypes: string[];
            /** Format: uuid */
            id: string;
            isActive: boolean;
            /** Format: date-time */
            updatedAt: string;
            url: string;
            version: number;
        };
        WebhookDelivery: {
            attempts: number;
            /** Format: date-time */
            createdAt: string;
            deliveredAt: string | null;
            eventType: string;
            /** Format: uuid */
            id: string;
            lastErrorCode: string | null;
            lastStatusCode: number | null;
            nextAttemptAt: string | null;
            payload: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "pending" | "delivering" | "delivered" | "failed" | "dead";
            /** Format: date-time */
            updatedAt: string;
            version: number;
            /** Format: uuid */
            webhookId: string;
        };
        WebhookWithSecret: {
            /** Format: date-time */
            createdAt: string;
            description: string;
            eventTypes: string[];
            /** Format: uuid */
            id: string;
            isActive: boolean;
            secret: string;
            /** Format: date-time */
            updatedAt: string;
            url: string;
            version: number;
        };
    };
    responses: {
        /** @description What went wrong. */
        Problem: {
            headers: {
                /** @description Where a limit stands that this request counts against, such as "sign-in-account";r=3;t=600. */
                RateLimit?: string;
                /** @description The limit itself: q tries in w seconds. */
                "RateLimit-Policy"?: string;
                /** @description With 429 and 503: after how many seconds to try again. */
                "Retry-After"?: string;
                /** @description Names this request in logs; the one that was sent, if it was fit. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        links: {
                            [key: string]: string;
                        };
                        /** @constant */
                        name: "plinth";
                    };
                };
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getAlerts: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                rule?: string;
                severity?: "info" | "warning" | "critical";
                sort?: "-createdAt" | "createdAt";
                state?: "firing" | "resolved";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Alert"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getAlertsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getArtists: {
        parameters: {
            query?: {
                cursor?: string;
                externalId?: string;
                limit?: number;
                q?: string;
                sort?: "name" | "-name" | "createdAt" | "-createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Artist"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postArtists: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    externalIds?: {
                        [key: string]: string;
                    };
                    genres?: string[];
                    metadata?: Record<string, unknown>;
                    name: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Artist"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getArtistsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Artist"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteArtistsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchArtistsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    externalIds?: {
                        [key: string]: string;
                    };
                    genres?: string[];
                    metadata?: Record<string, unknown>;
                    name?: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Artist"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getAuditLog: {
        parameters: {
            query?: {
                action?: "insert" | "update" | "delete" | "truncate" | "event";
                actorId?: string;
                cursor?: string;
                entity?: string;
                entityId?: string;
                from?: string;
                limit?: number;
                requestId?: string;
                sort?: "-occurredAt" | "occurredAt";
                until?: string;
                userId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditEntry"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getAuditLogExport: {
        parameters: {
            query?: {
                action?: "insert" | "update" | "delete" | "truncate" | "event";
                actorId?: string;
                entity?: string;
                entityId?: string;
                from?: string;
                requestId?: string;
                until?: string;
                userId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthForgotPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthOauthByProviderBegin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: "google" | "github";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        authorizationUrl: string;
                        flowToken: string;
                    };
                };
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthOauthByProviderComplete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: "google" | "github";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    flowToken: string;
                    state: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        expiresIn: number;
                        refreshToken: string;
                        user: {
                            /** Format: date-time */
                            createdAt: string;
                            email: string;
                            emailVerifiedAt: string | null;
                            fullName: string;
                            /** Format: uuid */
                            id: string;
                            lastLoginAt: string | null;
                            roles: string[];
                            /** @enum {string} */
                            subscriptionTier: "free" | "pro" | "business" | "enterprise";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthRefresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    refreshToken: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        expiresIn: number;
                        refreshToken: string;
                        user: {
                            /** Format: date-time */
                            createdAt: string;
                            email: string;
                            emailVerifiedAt: string | null;
                            fullName: string;
                            /** Format: uuid */
                            id: string;
                            lastLoginAt: string | null;
                            roles: string[];
                            /** @enum {string} */
                            subscriptionTier: "free" | "pro" | "business" | "enterprise";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthRegister: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    fullName: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthResetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        expiresIn: number;
                        refreshToken: string;
                        user: {
                            /** Format: date-time */
                            createdAt: string;
                            email: string;
                            emailVerifiedAt: string | null;
                            fullName: string;
                            /** Format: uuid */
                            id: string;
                            lastLoginAt: string | null;
                            roles: string[];
                            /** @enum {string} */
                            subscriptionTier: "free" | "pro" | "business" | "enterprise";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthSignOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthSignOutEverywhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postAuthVerifyEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBackupRuns: {
        parameters: {
            query?: {
                cursor?: string;
                kind?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                status?: "running" | "succeeded" | "failed" | "cancelled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BackupRun"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBackupRunsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupRun"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinesses: {
        parameters: {
            query?: {
                complianceStatus?: "pending" | "compliant" | "under_review" | "non_compliant";
                country?: string;
                cursor?: string;
                limit?: number;
                q?: string;
                riskLevel?: "low" | "medium" | "high" | "critical";
                sort?: "-createdAt" | "createdAt" | "legalName" | "-legalName";
                status?: "pending" | "active" | "suspended" | "closed";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Business"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postBusinesses: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    annualRevenueMinor?: number | null;
                    city?: string | null;
                    /** @enum {string} */
                    complianceStatus?: "pending" | "compliant" | "under_review" | "non_compliant";
                    country: string;
                    email?: string | null;
                    employeeCount?: number | null;
                    foundedOn?: string | null;
                    industryCode?: string | null;
                    legalForm?: string | null;
                    legalName: string;
                    metadata?: Record<string, unknown>;
                    phone?: string | null;
                    postalCode?: string | null;
                    region?: string | null;
                    registrationNumber: string;
                    /** @enum {string} */
                    riskLevel?: "low" | "medium" | "high" | "critical";
                    /** @enum {string} */
                    status?: "pending" | "active" | "suspended" | "closed";
                    street?: string | null;
                    taxId?: string | null;
                    tradeName?: string | null;
                    website?: string | null;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Business"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinessesByBusinessIdClassifications: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                system?: "naics" | "sic" | "mcc" | "nace";
            };
            header?: never;
            path: {
                businessId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BusinessClassification"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postBusinessesByBusinessIdClassifications: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                businessId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    confidence: number;
                    description?: string;
                    isPrimary?: boolean;
                    source: string;
                    /** @enum {string} */
                    system: "naics" | "sic" | "mcc" | "nace";
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessClassification"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinessesByBusinessIdClassificationsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                businessId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessClassification"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteBusinessesByBusinessIdClassificationsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                businessId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchBusinessesByBusinessIdClassificationsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                businessId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    confidence?: number;
                    description?: string;
                    isPrimary?: boolean;
                    source?: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessClassification"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinessesByBusinessIdComplianceChecks: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                status?: "pending" | "passed" | "failed" | "needs_review" | "expired";
                type?: "registration" | "ownership" | "sanctions" | "aml" | "pep" | "adverse_media";
            };
            header?: never;
            path: {
                businessId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ComplianceCheck"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postBusinessesByBusinessIdComplianceChecks: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                businessId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expiresAt?: string | null;
                    provider: string;
                    result?: Record<string, unknown>;
                    /** @enum {string} */
                    status: "pending" | "passed" | "failed" | "needs_review" | "expired";
                    /** @enum {string} */
                    type: "registration" | "ownership" | "sanctions" | "aml" | "pep" | "adverse_media";
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComplianceCheck"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinessesByBusinessIdComplianceChecksById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                businessId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComplianceCheck"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinessesByBusinessIdRiskAssessments: {
        parameters: {
            query?: {
                cursor?: string;
                level?: "low" | "medium" | "high" | "critical";
                limit?: number;
                sort?: "-assessedAt" | "assessedAt";
            };
            header?: never;
            path: {
                businessId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["RiskAssessment"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postBusinessesByBusinessIdRiskAssessments: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                businessId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expiresAt?: string | null;
                    factors?: Record<string, unknown>;
                    /** @enum {string} */
                    level: "low" | "medium" | "high" | "critical";
                    method: string;
                    score: number;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskAssessment"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinessesByBusinessIdRiskAssessmentsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                businessId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskAssessment"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getBusinessesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Business"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteBusinessesById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchBusinessesById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    annualRevenueMinor?: number | null;
                    city?: string | null;
                    /** @enum {string} */
                    complianceStatus?: "pending" | "compliant" | "under_review" | "non_compliant";
                    country?: string;
                    email?: string | null;
                    employeeCount?: number | null;
                    foundedOn?: string | null;
                    industryCode?: string | null;
                    legalForm?: string | null;
                    legalName?: string;
                    metadata?: Record<string, unknown>;
                    phone?: string | null;
                    postalCode?: string | null;
                    region?: string | null;
                    registrationNumber?: string;
                    /** @enum {string} */
                    riskLevel?: "low" | "medium" | "high" | "critical";
                    /** @enum {string} */
                    status?: "pending" | "active" | "suspended" | "closed";
                    street?: string | null;
                    taxId?: string | null;
                    tradeName?: string | null;
                    website?: string | null;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Business"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCampaigns: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                ownerId?: string;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Campaign"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postCampaignsByCampaignIdContributions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    amountMinor: number;
                    /** @default null */
                    message?: string | null;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contribution"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    putCampaignsByCampaignIdContributionsByIdPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                campaignId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    externalReference: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contribution"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCampaignsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCampaignsByIdProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignProgress"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCommunityLists: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                ownerId?: string;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CommunityList"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCommunityListsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityList"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postCommunityListsByIdBlockAll: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        blocked: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    putCommunityListsByIdSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default true */
                    notify?: boolean;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityListSubscription"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCommunityListsByListIdItems: {
        parameters: {
            query?: {
                artistId?: string;
                cursor?: string;
                limit?: number;
                sort?: "createdAt" | "-createdAt";
            };
            header?: never;
            path: {
                listId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CommunityListItem"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCommunityListsByListIdItemsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
                listId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityListItem"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getDatabaseEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getDatabaseFindings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatabaseFindings"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getDatabaseMetrics: {
        parameters: {
            query?: {
                since?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatabaseMetrics"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getDatabaseSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatabaseSessions"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postDatabaseSessionsByPidCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pid: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    backendStart: string;
                    confirm: number;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelledSession"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postDatabaseSessionsByPidTerminate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pid: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    backendStart: string;
                    confirm: number;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TerminatedSession"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getDatabaseStatements: {
        parameters: {
            query?: {
                limit?: number;
                slow?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatabaseStatements"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getDatabaseStatementsByQueryIdPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                queryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementPlan"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getDatabaseTables: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatabaseTables"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getExternalServiceCalls: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                ok?: "true" | "false";
                requestId?: string;
                service?: string;
                sort?: "-createdAt" | "createdAt";
                userId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ExternalServiceCall"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getExternalServiceCallsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExternalServiceCall"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getJobs: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                status?: "waiting" | "scheduled" | "running" | "retrying" | "dead";
                task?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getJobsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postJobsByIdRetry: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        email: string;
                        emailVerifiedAt: string | null;
                        fullName: string;
                        /** Format: uuid */
                        id: string;
                        lastLoginAt: string | null;
                        roles: string[];
                        /** @enum {string} */
                        subscriptionTier: "free" | "pro" | "business" | "enterprise";
                        /** Format: date-time */
                        updatedAt: string;
                        version: number;
                    };
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMe: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    fullName: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        email: string;
                        emailVerifiedAt: string | null;
                        fullName: string;
                        /** Format: uuid */
                        id: string;
                        lastLoginAt: string | null;
                        roles: string[];
                        /** @enum {string} */
                        subscriptionTier: "free" | "pro" | "business" | "enterprise";
                        /** Format: date-time */
                        updatedAt: string;
                        version: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeApiKeys: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKey"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeApiKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    expiresAt?: string;
                    name: string;
                    password?: string;
                    scopes: ("users:read" | "users:write" | "roles:read" | "roles:write" | "artists:write" | "businesses:read" | "businesses:write" | "businesses:delete" | "compliance:write" | "moderation:read" | "moderation:write" | "campaigns:read" | "campaigns:write" | "audit:read" | "operations:read" | "operations:write" | "database:read" | "database:signal" | "me:read" | "me:write")[];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        expiresAt: string | null;
                        /** Format: uuid */
                        id: string;
                        key: string;
                        last4: string;
                        lastUsedAt: string | null;
                        name: string;
                        prefix: string;
                        revokedAt: string | null;
                        scopes: string[];
                        /** Format: date-time */
                        updatedAt: string;
                        useCount: number;
                        version: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeApiKeysById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeApiKeysById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeBlocks: {
        parameters: {
            query?: {
                artistId?: string;
                cursor?: string;
                limit?: number;
                sort?: "createdAt" | "-createdAt";
                tag?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            artist: {
                                externalIds: {
                                    [key: string]: unknown;
                                };
                                genres: string[];
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: uuid */
                            id: string;
                            note: string | null;
                            tags: string[];
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeBlocks: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    artistId: string;
                    /** @default null */
                    note?: string | null;
                    tags?: string[];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        artist: {
                            externalIds: {
                                [key: string]: unknown;
                            };
                            genres: string[];
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: uuid */
                        id: string;
                        note: string | null;
                        tags: string[];
                        /** Format: date-time */
                        updatedAt: string;
                        version: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeBlocksById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        artist: {
                            externalIds: {
                                [key: string]: unknown;
                            };
                            genres: string[];
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: uuid */
                        id: string;
                        note: string | null;
                        tags: string[];
                        /** Format: date-time */
                        updatedAt: string;
                        version: number;
                    };
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeBlocksById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeBlocksById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string | null;
                    tags?: string[];
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        artist: {
                            externalIds: {
                                [key: string]: unknown;
                            };
                            genres: string[];
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: uuid */
                        id: string;
                        note: string | null;
                        tags: string[];
                        /** Format: date-time */
                        updatedAt: string;
                        version: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeBlocksBulk: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    artistIds: string[];
                    /** @default null */
                    note?: string | null;
                    tags?: string[];
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        already: number;
                        blocked: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeBlocksBulkDelete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    artistIds: string[];
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        unblocked: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeBlocksExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        blocks: components["schemas"]["ExportedBlock"][];
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeBlocksExportCsv: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeBlocksImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    blocks: {
                        /** Format: uuid */
                        artistId?: string;
                        externalId?: string;
                        name?: string;
                        /** @default null */
                        note?: string | null;
                        tags?: string[];
                    }[];
                };
                "text/csv": string;
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        already: number;
                        created: number;
                        unknown: number[];
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCampaigns: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                status?: "draft" | "active" | "completed" | "cancelled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Campaign"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeCampaigns: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default [] */
                    contributions?: {
                        amountMinor: number;
                        /** @default null */
                        message?: string | null;
                    }[];
                    currency?: string;
                    description?: string;
                    endsAt?: string | null;
                    goalMinor: number;
                    /** @default [] */
                    members?: ({
                        /** Format: uuid */
                        userId: string;
                    } | {
                        /** Format: email */
                        email: string;
                    })[];
                    startsAt?: string | null;
                    /** @enum {string} */
                    status?: "draft" | "active" | "completed" | "cancelled";
                    title: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewCampaign"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCampaignsByCampaignIdContributions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                status?: "pledged" | "paid" | "refunded" | "failed";
            };
            header?: never;
            path: {
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Contribution"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCampaignsByCampaignIdContributionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                campaignId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contribution"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCampaignsByCampaignIdMembers: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                role?: "organizer" | "member";
                sort?: "createdAt" | "-createdAt";
            };
            header?: never;
            path: {
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CampaignMember"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeCampaignsByCampaignIdMembers: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email?: string;
                    /** Format: uuid */
                    userId?: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignMember"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCampaignsByCampaignIdMembersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                campaignId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignMember"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeCampaignsByCampaignIdMembersById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                campaignId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeCampaignsByCampaignIdMembersById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                campaignId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role: "organizer" | "member";
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignMember"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCampaignsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeCampaignsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeCampaignsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currency?: string;
                    description?: string;
                    endsAt?: string | null;
                    goalMinor?: number;
                    startsAt?: string | null;
                    /** @enum {string} */
                    status?: "draft" | "active" | "completed" | "cancelled";
                    title?: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCommunityLists: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                visibility?: "public" | "unlisted" | "private";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CommunityList"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeCommunityLists: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string;
                    name: string;
                    /** @enum {string} */
                    visibility?: "public" | "unlisted" | "private";
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityList"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeCommunityListsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityList"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeCommunityListsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeCommunityListsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string;
                    name?: string;
                    /** @enum {string} */
                    visibility?: "public" | "unlisted" | "private";
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityList"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeCommunityListsByListIdItems: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                listId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    artistId: string;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityListItem"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeCommunityListsByListIdItemsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
                listId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeCommunityListsByListIdItemsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
                listId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityListItem"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeContributions: {
        parameters: {
            query?: {
                campaignId?: string;
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                status?: "pledged" | "paid" | "refunded" | "failed";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Contribution"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeContributionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contribution"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeConversations: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["InboxEntry"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeConversations: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default null */
                    subject?: string | null;
                    userIds: string[];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeConversationsByConversationIdMessages: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path: {
                conversationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Message"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeConversationsByConversationIdMessages: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                conversationId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    body: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeConversationsByConversationIdMessagesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                conversationId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeConversationsByConversationIdMessagesById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                conversationId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeConversationsByConversationIdMessagesById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                conversationId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    body: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    putMeConversationsByConversationIdParticipantsByUserId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversationId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationParticipant"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeConversationsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeConversationsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    putMeConversationsByIdRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeErasure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    confirmEmail: string;
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            addressesToConfirm: {
                                [key: string]: unknown;
                            }[];
                            apiKeys: {
                                [key: string]: unknown;
                            }[];
                            blocks: {
                                [key: string]: unknown;
                            }[];
                            campaignMemberships: {
                                [key: string]: unknown;
                            }[];
                            campaigns: {
                                [key: string]: unknown;
                            }[];
                            communityLists: {
                                [key: string]: unknown;
                            }[];
                            contributions: {
                                [key: string]: unknown;
                            }[];
                            conversations: {
                                [key: string]: unknown;
                            }[];
                            externalServiceCalls: {
                                [key: string]: unknown;
                            }[];
                            linkedAccounts: {
                                [key: string]: unknown;
                            }[];
                            messages: {
                                [key: string]: unknown;
                            }[];
                            moderation: {
                                [key: string]: unknown;
                            }[];
                            profile: {
                                [key: string]: unknown;
                            }[];
                            reports: {
                                [key: string]: unknown;
                            }[];
                            roles: {
                                [key: string]: unknown;
                            }[];
                            securityEvents: {
                                [key: string]: unknown;
                            }[];
                            sessions: {
                                [key: string]: unknown;
                            }[];
                            subscriptions: {
                                [key: string]: unknown;
                            }[];
                            webhookDeliveries: {
                                [key: string]: unknown;
                            }[];
                            webhooks: {
                                [key: string]: unknown;
                            }[];
                        };
                        /** Format: date-time */
                        exportedAt: string;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeMessagesSearch: {
        parameters: {
            query: {
                cursor?: string;
                limit?: number;
                mode?: "words" | "similar";
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Message"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeOauthAccounts: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "createdAt" | "-createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["OauthAccount"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeOauthAccountsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthAccount"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeOauthAccountsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeOauthAccountsByProviderBegin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: "google" | "github";
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    password?: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        authorizationUrl: string;
                        flowToken: string;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeOauthAccountsByProviderComplete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: "google" | "github";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    flowToken: string;
                    state: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthAccount"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword: string;
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        expiresIn: number;
                        refreshToken: string;
                        user: {
                            /** Format: date-time */
                            createdAt: string;
                            email: string;
                            emailVerifiedAt: string | null;
                            fullName: string;
                            /** Format: uuid */
                            id: string;
                            lastLoginAt: string | null;
                            roles: string[];
                            /** @enum {string} */
                            subscriptionTier: "free" | "pro" | "business" | "enterprise";
                            /** Format: date-time */
                            updatedAt: string;
                            version: number;
                        };
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMePermissions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyPermissions"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeReports: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                status?: "open" | "in_review" | "resolved" | "dismissed";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MyContentReport"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeReports: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    details?: string;
                    /** @enum {string} */
                    reason: "spam" | "harassment" | "misinformation" | "copyright" | "other";
                    /** Format: uuid */
                    targetId: string;
                    /** @enum {string} */
                    targetType: "artist" | "community_list" | "message" | "user";
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyContentReport"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeReportsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyContentReport"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeSecurityEvents: {
        parameters: {
            query?: {
                cursor?: string;
                from?: string;
                limit?: number;
                sort?: "-occurredAt" | "occurredAt";
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SecurityEvent"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeSessions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MySession"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeSessionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MySession"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeSessionsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        settings: {
                            [key: string]: unknown;
                        };
                        version: number;
                    };
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    putMeSettings: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    settings: Record<string, unknown>;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        settings: {
                            [key: string]: unknown;
                        };
                        version: number;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeSubscriptions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                listId?: string;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CommunityListSubscription"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeSubscriptionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityListSubscription"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeSubscriptionsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeSubscriptionsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    notify: boolean;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommunityListSubscription"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeWebhooks: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string;
                    eventTypes?: string[];
                    isActive?: boolean;
                    /** Format: uri */
                    url: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeWebhooksById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMeWebhooksById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchMeWebhooksById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string;
                    eventTypes?: string[];
                    isActive?: boolean;
                    /** Format: uri */
                    url?: string;
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeWebhooksByIdRotateSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeWebhooksByWebhookIdDeliveries: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                status?: "pending" | "delivering" | "delivered" | "failed" | "dead";
            };
            header?: never;
            path: {
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookDelivery"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeWebhooksByWebhookIdDeliveries: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMeWebhooksByWebhookIdDeliveriesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postMeWebhooksByWebhookIdDeliveriesByIdRedelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getModerationActions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                moderatorId?: string;
                reportId?: string;
                sort?: "-createdAt" | "createdAt";
                targetId?: string;
                targetType?: "artist" | "community_list" | "message" | "user";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ModerationAction"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getModerationActionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModerationAction"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getModerationReports: {
        parameters: {
            query?: {
                assigneeId?: string;
                cursor?: string;
                limit?: number;
                reason?: "spam" | "harassment" | "misinformation" | "copyright" | "other";
                sort?: "-createdAt" | "createdAt";
                status?: "open" | "in_review" | "resolved" | "dismissed";
                targetId?: string;
                targetType?: "artist" | "community_list" | "message" | "user";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ContentReport"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getModerationReportsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContentReport"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchModerationReportsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    assigneeId?: string | null;
                    /** @enum {string} */
                    status?: "open" | "in_review";
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContentReport"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postModerationReportsByIdDecision: {
        parameters: {
            query?: never;
            header: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    action: "warn" | "hide" | "remove" | "suspend" | "restore" | "dismiss";
                    expiresAt?: string | null;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModerationAction"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getRoleAssignments: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                roleId?: string;
                sort?: "-createdAt" | "createdAt";
                userId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["RoleAssignment"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postRoleAssignments: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    expiresAt?: string;
                    /** @default  */
                    reason?: string;
                    role: string;
                    /** Format: uuid */
                    userId: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleAssignment"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getRoleAssignmentsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleAssignment"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteRoleAssignmentsById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getRoles: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                name?: string;
                sort?: "createdAt" | "-createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Role"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postRoles: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string;
                    name: string;
                    permissions?: ("users:read" | "users:write" | "roles:read" | "roles:write" | "artists:write" | "businesses:read" | "businesses:write" | "businesses:delete" | "compliance:write" | "moderation:read" | "moderation:write" | "campaigns:read" | "campaigns:write" | "audit:read" | "operations:read" | "operations:write" | "database:read" | "database:signal")[];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getRolesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteRolesById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchRolesById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string;
                    permissions?: ("users:read" | "users:write" | "roles:read" | "roles:write" | "artists:write" | "businesses:read" | "businesses:write" | "businesses:delete" | "compliance:write" | "moderation:read" | "moderation:write" | "campaigns:read" | "campaigns:write" | "audit:read" | "operations:read" | "operations:write" | "database:read" | "database:signal")[];
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getSecurityEvents: {
        parameters: {
            query?: {
                cursor?: string;
                from?: string;
                limit?: number;
                severity?: "info" | "warning" | "critical";
                sort?: "-occurredAt" | "occurredAt";
                type?: string;
                until?: string;
                userId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SecurityEvent"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getUsers: {
        parameters: {
            query?: {
                cursor?: string;
                email?: string;
                isActive?: "true" | "false";
                limit?: number;
                sort?: "-createdAt" | "createdAt";
                subscriptionTier?: "free" | "pro" | "business" | "enterprise";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["User"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    deleteUsersById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    patchUsersById: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read, or *. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    fullName?: string;
                    isActive?: boolean;
                    /** @enum {string} */
                    subscriptionTier?: "free" | "pro" | "business" | "enterprise";
                };
            };
        };
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            428: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    postUsersByIdRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request answers the same, for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getUsersByUserIdSessions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: "-createdAt" | "createdAt";
            };
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getUsersByUserIdSessionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a version at hand: answers 304 while it is current. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked for. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Unchanged. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
}
