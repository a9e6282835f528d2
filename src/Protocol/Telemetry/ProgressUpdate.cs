using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Telemetry;

/// <summary>
/// How far a campaign is, for a person to look at: never part of results. Work is counted in image passes (one image
/// forward is 1, forward and backward is 3), so that rates and the time left compare between training and attacks.
/// </summary>
/// <param name="Run">The run under way.</param>
/// <param name="Activity">What is being done, such as <c>epoch 3/10</c> or <c>strict pgd eps 8</c>.</param>
/// <param name="ActivityDone">Image passes done of this activity.</param>
/// <param name="ActivityTotal">Image passes this activity takes.</param>
/// <param name="CampaignDone">Image passes done of the campaign.</param>
/// <param name="CampaignTotal">Image passes the campaign takes.</param>
/// <param name="Loss">Mean loss so far in this activity.</param>
/// <param name="Accuracy">Accuracy so far in this activity, in [0, 1].</param>
/// <param name="ZeroFraction">Share of exact zeros in the input gradient so far, where one is taken.</param>
public sealed record ProgressUpdate(
    RunId Run,
    string Activity,
    long ActivityDone,
    long ActivityTotal,
    long CampaignDone,
    long CampaignTotal,
    double? Loss,
    double? Accuracy,
    double? ZeroFraction) : IWireMessage;
