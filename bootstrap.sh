#!/bin/sh
exec false
