# Copyright 2019 Amazon.com, Inc. or its affiliates. All Rights Reserved.
# SPDX-License-Identifier: Apache-2.0
# crhelper 2.0.12, changed: crhelper.diff has the changes, and docs/decisions/0018-changed-crhelper.md their reasons.
from __future__ import print_function
import hashlib
from shared.crhelper import log_helper
import logging

logger = logging.getLogger(__name__)

SUCCESS = 'SUCCESS'
FAILED = 'FAILED'


class CfnResource(object):

    def __init__(self, json_logging=False, log_level='INFO', boto_level='ERROR'):
        self._create_func = None
        self._update_func = None
        self._delete_func = None
        self._poll_create_func = None
        self._poll_update_func = None
        self._poll_delete_func = None
        self.timer = None
        self._json_logging = json_logging
        self._log_level = log_level
        self._boto_level = boto_level
        self._send_response = False
        self.Status = ""
        self.Reason = ""
        self.PhysicalResourceId = ""
        self.StackId = ""
        self.RequestId = ""
        self.LogicalResourceId = ""
        self.Data = {}
        self.NoEcho = False
        self.event = {}
        self.context = None
        self._response_url = ""
        if json_logging:
            log_helper.setup(log_level, boto_level=boto_level, RequestType='ContainerInit')
        else:
            log_helper.setup(log_level, formatter_cls=None, boto_level=boto_level)

    def __call__(self, event, context):
        try:
            self._log_setup(event, context)
            self._crhelper_init(event, context)
            # Check for polling functions
            if self._poll_enabled():
                self._polling_init(event)
            # If polling is not enabled, then we should respond
            else:
                logger.debug("enabling send_response")
                self._send_response = True
            logger.debug("_send_response: %s" % self._send_response)
            if self._send_response:
                self.respond(event)
        except Exception as e:
            logger.error(e, exc_info=True)
            self.send(FAILED, str(e))
        finally:
            if self.timer:
                self.timer.cancel()

    def _log_setup(self, event, context):
        if self._json_logging:
            log_helper.setup(self._log_level, boto_level=self._boto_level, RequestType=event['RequestType'],
                             StackId=event['StackId'], RequestId=event['RequestId'],
                             LogicalResourceId=event['LogicalResourceId'], aws_request_id=context.aws_request_id)
        else:
            log_helper.setup(self._log_level, boto_level=self._boto_level, formatter_cls=None)

    def _crhelper_init(self, event, context):
        self._send_response = False
        self.Status = SUCCESS
        self.Reason = ""
        self.PhysicalResourceId = ""
        self.StackId = event["StackId"]
        self.RequestId = event["RequestId"]
        self.LogicalResourceId = event["LogicalResourceId"]
        self.Data = {}
        if "CrHelperData" in event.keys():
            self.Data = event["CrHelperData"]
        self.RequestType = event["RequestType"]
        self.event = event
        self.context = context
        self._response_url = event['ResponseURL']
        if self.timer:
            self.timer.cancel()
        self.start_timer()
        self.run(self._get_func())

    def _polling_init(self, event):
        # Setup polling on initial request
        logger.debug("pid1: %s" % self.PhysicalResourceId)
        if 'CrHelperPoll' not in event.keys() and self.Status != FAILED:
            logger.info("Setting up polling")
            self.Data["PhysicalResourceId"] = self.PhysicalResourceId
            self.set_up_polling()
            self.PhysicalResourceId = None
            logger.debug("pid2: %s" % self.PhysicalResourceId)
        # if physical id is set, or there was a failure then we're done
        logger.debug("pid3: %s" % self.PhysicalResourceId)
        if self.PhysicalResourceId or self.Status == FAILED:
            logger.info("Polling complete, removing cwe schedule")
            self.remove_polling()
            self._send_response = True

    # Changed: the same id for the same request, which Lambda may repeat.
    def generate_physical_id(self, event):
        return '_'.join([
            event['StackId'].split('/')[1],
            event['LogicalResourceId'],
            hashlib.sha256(event['RequestId'].encode()).hexdigest()[:8].upper()
        ])

    def respond(self, event):
        # Use existing PhysicalResourceId if it's in the event and no ID was set
        if not self.PhysicalResourceId and "PhysicalResourceId" in event.keys():
            logger.info("PhysicalResourceId present in event, Using that for response")
            self.PhysicalResourceId = event['PhysicalResourceId']
        # Generate a physical id if none is provided
        elif not self.PhysicalResourceId or self.PhysicalResourceId is True:
            logger.info("No physical resource id returned, generating one...")
            self.PhysicalResourceId = self.generate_physical_id(event)
        self.send()

    def _poll_enabled(self):
        return getattr(self, "_poll_{}_func".format(self.event['RequestType'].lower()))

    def create(self, func):
        self._create_func = func
        return func

    def update(self, func):
        self._update_func = func
        return func

    def delete(self, func):
        self._delete_func = func
        return func

    def poll_create(self, func):
        self._poll_create_func = func
        return func

    def poll_update(self, func):
        self._poll_update_func = func
        return func

    def poll_delete(self, func):
        self._poll_delete_func = func
        return func

    # Changed: the methods from here on are for subclasses. crhelper's own have private names.
    def run(self, func):
        """Call the function of a request, and set PhysicalResourceId, Status and Reason by its result."""
        raise NotImplementedError

    def start_timer(self):
        """Set `timer`, which responds before Lambda ends the function."""
        raise NotImplementedError

    def deliver(self, url, answer):
        """Send a response to CloudFormation's URL."""
        raise NotImplementedError

    def set_up_polling(self):
        """Schedule another call of the function."""
        raise NotImplementedError

    def remove_polling(self):
        """Remove what `set_up_polling` has created."""
        raise NotImplementedError

    def _get_func(self):
        request_type = "_{}_func"
        if "CrHelperPoll" in self.event.keys():
            request_type = "_poll" + request_type
        return getattr(self, request_type.format(self.event['RequestType'].lower()))

    def send(self, status=None, reason=""):
        response_body = {
            'Status': self.Status,
            'PhysicalResourceId': str(self.PhysicalResourceId),
            'StackId': self.StackId,
            'RequestId': self.RequestId,
            'LogicalResourceId': self.LogicalResourceId,
            'Reason': str(self.Reason),
            'Data': self.Data,
            'NoEcho': self.NoEcho,
        }
        if status:
            response_body.update({'Status': status, 'Reason': reason})
        self.deliver(self._response_url, response_body)
